import { on } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import pLimit from 'p-limit';
import { EndpointError } from '../../../domain/schedule/endpoint-error.js';
import { packageFile } from '../../../package-root.js';
import { READY, type Parsed, type ParseTask } from './parse-task.js';

const THREAD = packageFile('dist/activities/schedule/sources/parse-thread.js');
const LIMIT_MS = 10_000;
/** A machine with much to do takes long to load the parsers, which is no fault of the document. */
const START_LIMIT_MS = 60_000;
const MEMORY_LIMIT_MB = 512;
/** More threads than processors would only take each other's time, which is limited. */
const inTurn = pLimit(availableParallelism());

/**
 * Parses what somebody else wrote in a thread of its own, which can be ended: the parsers take minutes for some
 * documents of a few MB (a million `<`, 50,000 nested elements), and meanwhile this worker could not even heartbeat.
 * @param what names the source
 * @throws EndpointError `Unreadable`, `TooLarge`
 */
export function parseApart(task: ParseTask, what: string, signal: AbortSignal): Promise<Parsed[]> {
  return inTurn(() => parsed(task, what, signal));
}

async function parsed(task: ParseTask, what: string, signal: AbortSignal): Promise<Parsed[]> {
  signal.throwIfAborted();
  const limit = new AbortController();
  const abort = () => {
    limit.abort();
  };
  let timer = setTimeout(abort, START_LIMIT_MS);
  const thread = new Worker(THREAD, {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: MEMORY_LIMIT_MB },
  });
  try {
    const messages = on(thread, 'message', { signal: AbortSignal.any([signal, limit.signal]) });
    for await (const [message] of messages as AsyncIterable<[typeof READY | Parsed[]]>) {
      if (message !== READY) return message;
      clearTimeout(timer);
      timer = setTimeout(abort, LIMIT_MS);
    }
    throw new Error('the thread said nothing');
  } catch (error) {
    signal.throwIfAborted();
    if (limit.signal.aborted) throw new EndpointError('Unreadable', `${what} takes more than ${LIMIT_MS} ms to parse`);
    const { code, name } = error as NodeJS.ErrnoException;
    if (code === 'ERR_WORKER_OUT_OF_MEMORY')
      throw new EndpointError('TooLarge', `${what} takes too much memory to parse`);
    const expected = task.kind === 'feed' ? 'RSS, Atom, RDF or JSON Feed' : 'a page with a text';
    throw new EndpointError('Unreadable', `${what} is not ${expected} (${name})`);
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}
