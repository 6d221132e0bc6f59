import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  isCancellation,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { OutputPart } from '../../domain/batch/batch-page.js';
import { grant, pageInput, type PageInput, type PageReport } from '../../domain/batch/batch-state.js';
import { emptyTally } from '../../domain/batch/tally.js';
import { parsedAs } from '../../domain/input.js';
import { invalidInput } from '../input/checked-input.js';
import { parsedInput } from '../input/parsed-input.js';
import { filesNowOn, filesOn } from './files.js';
import { grantedSignal, pageReportSignal, pageStatusQuery } from './messages.js';
import { PageTexts } from './page-texts.js';

/** Of lines, in one message to the files. */
const WRITE_CHARS = 256 * 1024;
/** What a page gives back goes to its batch in pieces of the whole, or after a while that doubles. */
const PIECES = 6;
const FREED_AFTER_MS = 500;
const FREED_AFTER_AT_MOST_MS = 60_000;

const nothing = { bytes: 0, isWhole: false, tally: emptyTally() };

/**
 * One page of a batch: reads some hundred texts, analyzes each in a run of its own, and writes their lines aside until
 * those before them are written. How many are under way at once, over all pages, its batch says.
 */
export async function batchPage(given: PageInput): Promise<void> {
  const input = parsedInput(pageInput, given);
  const { parent } = workflowInfo();
  if (!parent) throw invalidInput('batchPage is for a batch to start');
  const { number, batch, opened } = input;
  const files = filesOn(opened.queue);
  const texts = new PageTexts(input, parent.workflowId);
  setHandler(pageStatusQuery, () => texts.status());
  setHandler(grantedSignal, (told: unknown) => {
    const parsed = parsedAs(grant, told);
    if ('value' in parsed) texts.grant(parsed.value);
  });
  const signalBatch = (report: Omit<PageReport, 'number'>) =>
    getExternalWorkflowHandle(parent.workflowId).signal(pageReportSignal, { number, ...report });

  try {
    const { items, next } = await files.readPage(opened.source, input.cursor);
    await signalBatch({ next: next ?? null });
    texts.expect(items.length);
    for (const item of items) await texts.take(item);
    await signalBatch({ begun: true, freed: texts.freed() });
    const piece = Math.ceil(batch.concurrency / PIECES);
    for (let afterMs = FREED_AFTER_MS; !texts.isIdle(); afterMs = Math.min(2 * afterMs, FREED_AFTER_AT_MOST_MS)) {
      await condition(() => texts.isIdle() || texts.idle() >= piece, afterMs);
      if (!texts.isIdle() && texts.idle() > 0) await signalBatch({ freed: texts.freed() });
    }
    await signalBatch({ freed: texts.freed(), ended: await over(files) });
  } catch (error) {
    await CancellationScope.nonCancellable(async () => {
      await condition(() => texts.isIdle());
      const kept = await over(filesNowOn(opened.queue)).catch(() => nothing);
      const failure = isCancellation(error) ? {} : { failure: reasonIn(error) };
      await signalBatch({ freed: texts.freed(), ended: { ...kept, ...failure } });
    });
    if (isCancellation(error)) throw error;
  }

  async function over(files: ReturnType<typeof filesOn>) {
    const { parts, isWhole, tally, spentUsd } = texts.written();
    let bytes = 0;
    for (const some of inMessages(parts)) bytes = await files.writePart(opened, number, bytes, some);
    return { bytes, isWhole, tally, spentUsd };
  }
}

function* inMessages(parts: readonly OutputPart[]): Generator<OutputPart[]> {
  let some: OutputPart[] = [];
  let chars = 0;
  for (const part of parts) {
    some.push(part);
    chars += part.length;
    if (chars < WRITE_CHARS) continue;
    yield some;
    [some, chars] = [[], 0];
  }
  if (some.length > 0) yield some;
}

function reasonIn(error: unknown): { type: string; message: string } {
  const cause = error instanceof ActivityFailure && error.cause ? error.cause : error;
  const { name, message } = cause instanceof Error ? cause : new Error(String(cause));
  return { type: (cause instanceof ApplicationFailure ? cause.type : undefined) ?? name, message };
}
