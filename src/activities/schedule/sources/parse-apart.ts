import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { AccessError } from '../../../domain/schedule/access.js';

/** One entry of a feed, or the readable text of a page. */
export interface Parsed {
  /** What names the entry for good; absent when only its text does. */
  identity?: string;
  title?: string;
  url?: string;
  /** ISO 8601 */
  publishedAt?: string;
  text: string;
}

export interface ParseTask {
  kind: 'feed' | 'page' | 'text';
  document: Uint8Array;
  /** As the header has it. */
  charset?: string;
  /** Relative addresses are meant from here. */
  url: string;
}

const THREAD = new URL('../../../../dist/activities/schedule/sources/parse-thread.js', import.meta.url);
const LIMIT_MS = 10_000;
const MEMORY_LIMIT_MB = 512;
/** More threads than processors would only take each other's time, which is limited. */
const inTurn = pLimit(availableParallelism());

/**
 * Parses what somebody else wrote in a thread of its own, which can be ended: the parsers take minutes for some
 * documents of a few MB (a million `<`, 50,000 nested elements), and meanwhile this worker could not even heartbeat.
 * @param what names the source
 * @throws AccessError `Unreadable`, `TooLarge`
 */
export function parseApart(task: ParseTask, what: string, signal: AbortSignal): Promise<Parsed[]> {
  return inTurn(() => parsed(task, what, signal));
}

async function parsed(task: ParseTask, what: string, signal: AbortSignal): Promise<Parsed[]> {
  signal.throwIfAborted();
  const limit = AbortSignal.timeout(LIMIT_MS);
  const thread = new Worker(THREAD, {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB },
  });
  try {
    const [entries] = (await once(thread, 'message', { signal: AbortSignal.any([signal, limit]) })) as [Parsed[]];
    return entries;
  } catch (error) {
    signal.throwIfAborted();
    if (limit.aborted) throw new AccessError('Unreadable', `${what} takes more than ${LIMIT_MS} ms to parse`);
    const { code, name } = error as NodeJS.ErrnoException;
    if (code === 'ERR_WORKER_OUT_OF_MEMORY')
      throw new AccessError('TooLarge', `${what} takes too much memory to parse`);
    const expected = task.kind === 'feed' ? 'RSS, Atom, RDF or JSON Feed' : 'a page with a text';
    throw new AccessError('Unreadable', `${what} is not ${expected} (${name})`);
  } finally {
    await thread.terminate();
  }
}
