import { createReadStream, existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { relative, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Client } from '@temporalio/client';
import { batchIdOf } from '../../../domain/batch/batch.js';
import { toResultLine, type ResultLine } from '../../../domain/batch/result-line.js';
import { doneIn } from '../../../domain/batch/tally.js';
import { oneLine } from '../../../domain/text.js';
import { UsageError } from '../../terminal/errors.js';
import { print } from '../../terminal/say.js';
import { describeBatch, inputOf, memoIn } from '../batch-handle.js';
import { chartsOf } from './charts.js';
import { figuresOf } from './figures.js';
import { reportPage } from './page.js';

/** @param webUi origin of the Web UI, where it is known @returns the exit code */
export async function batchReport(
  client: Client,
  id: string,
  { out, webUi }: { out: string | undefined; webUi: string | undefined },
): Promise<number> {
  const description = await describeBatch(client, id);
  const { output, input } = inputOf(description);
  const { status } = memoIn(description);
  if (!existsSync(output)) {
    const where = status?.host === undefined ? '' : `; they are on ${status.host}`;
    throw new UsageError(`cannot read ${oneLine(output)}, the results of batch ${id}${where}`);
  }
  const figures = await figuresOf(linesOf(output), status ? doneIn(status.tally) : 0);
  const runs = (line: number) =>
    `WorkflowId STARTS_WITH "${batchIdOf(id)}/${line}-" AND WorkflowType IN ("analyze", "ask")`;
  const { namespace } = client.options;
  const linkTo = (line: number) =>
    webUi === undefined
      ? undefined
      : `${webUi}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${encodeURIComponent(runs(line))}`;
  const about = { id, input, startedAt: status?.startedAt ?? '', endedAt: status?.endedAt, linkTo };
  const path = resolve(out ?? `${id}.report.html`);
  await writeFile(path, reportPage(about, figures, chartsOf(figures)));
  print(relative('', path));
  return 0;
}

async function* linesOf(output: string): AsyncGenerator<ResultLine> {
  for await (const json of createInterface({ input: createReadStream(output), crlfDelay: Infinity })) {
    const line = toResultLine(json);
    if (line) yield line;
  }
}
