import { createReadStream, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { basename, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Client } from '@temporalio/client';
import { toResultLine, type ResultLine } from '../../../domain/batch/result-line.js';
import { oneLine } from '../../../domain/text.js';
import { UsageError } from '../../terminal/errors.js';
import { print } from '../../terminal/say.js';
import { describeBatch, inputOf, memoIn } from '../batch-handle.js';
import { chartsOf } from './charts.js';
import { figuresOf, type ShownLine } from './figures.js';
import { lineRunsOf, textAskedIn } from './line-runs.js';
import { reportPage } from './page.js';

interface ReportOptions {
  out: string | undefined;
  /** Origin of the Web UI, where it is known. */
  webUi: string | undefined;
  /** Shows the texts of the lines that are shown by themselves. */
  withTexts: boolean;
}

const MAX_SHOWN_TEXT_CHARS = 500;

/** @returns the exit code */
export async function batchReport(client: Client, id: string, options: ReportOptions): Promise<number> {
  const { out, webUi, withTexts } = options;
  const description = await describeBatch(client, id);
  const { output, input } = inputOf(description);
  const { status } = memoIn(description);
  if (!existsSync(output)) {
    const where = status?.host === undefined ? '' : `; they are on ${status.host}`;
    throw new UsageError(`cannot read ${oneLine(output)}, the results of batch ${id}${where}`);
  }
  const figures = await figuresOf(linesOf(output), await lineRunsOf(client, id));
  if (withTexts) for (const line of [...figures.slowest, ...figures.failed]) await addText(client, line);
  const namespace = encodeURIComponent(client.options.namespace);
  const linkTo = ({ run }: ShownLine) => {
    if (webUi === undefined || run === undefined) return undefined;
    return `${webUi}/namespaces/${namespace}/workflows/${encodeURIComponent(run.workflowId)}/${run.runId}/history`;
  };
  const about = { id, input: basename(input), startedAt: status?.startedAt ?? '', endedAt: status?.endedAt, linkTo };
  const path = resolve(out ?? `${id}.report.html`);
  await writeFile(path, reportPage(about, figures, chartsOf(figures)));
  print(relative('', path));
  return 0;
}

async function addText(client: Client, line: ShownLine): Promise<void> {
  const text = line.run && (await textAskedIn(client, line.run));
  if (text !== undefined) line.text = oneLine(text, MAX_SHOWN_TEXT_CHARS);
}

async function* linesOf(output: string): AsyncGenerator<ResultLine> {
  for await (const json of createInterface({ input: createReadStream(output), crlfDelay: Infinity })) {
    const line = toResultLine(json);
    if (line) yield line;
  }
}
