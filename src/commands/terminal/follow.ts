import { setTimeout as delay } from 'node:timers/promises';
import {
  isGrpcServiceError,
  ServiceError,
  WorkflowFailedError,
  type Workflow,
  type WorkflowHandle,
  type WorkflowResultType,
} from '@temporalio/client';
import { say } from './say.js';

const ASK_EVERY_MS = 500;
const NO_WORKER_AFTER_MS = 3_000;
/** Without a worker, a server keeps a question waiting for 10 s, and the SDK asks again. */
const ANSWER_WITHIN_MS = 3_000;

/** How a run ended. */
export type End<W extends Workflow> = { result: WorkflowResultType<W> } | { error: WorkflowFailedError };

interface Follower<Status> {
  show: (status: Status) => void | Promise<void>;
  /** Settles when nobody wants to wait any longer. */
  left: Promise<unknown>;
}

/**
 * Waits for the end of a run, however often the server goes away meanwhile, and shows now and then how it stands.
 * @returns undefined when `left` was settled first
 * @throws WorkflowNotFoundError when the server does not know the run, or no longer
 */
export async function follow<W extends Workflow, Status>(
  handle: WorkflowHandle<W>,
  { show, left }: Follower<Status>,
): Promise<End<W> | undefined> {
  const following = new AbortController();
  try {
    return await Promise.race([
      endOf(handle, following.signal),
      left.then(() => undefined),
      keepShowing(handle, show, following.signal),
    ]);
  } finally {
    following.abort();
  }
}

async function keepShowing<Status>(
  handle: WorkflowHandle,
  show: Follower<Status>['show'],
  signal: AbortSignal,
): Promise<undefined> {
  const startedAtMs = Date.now();
  let answered = false;
  for (;;) {
    await delay(ASK_EVERY_MS, undefined, { ref: false });
    const status = await statusOf<Status>(handle);
    if (signal.aborted) return;
    if (status) await show(status);
    else if (!answered && Date.now() - startedAtMs > NO_WORKER_AFTER_MS) {
      say('no worker answers yet; start one with: npx understudy worker');
      answered = true;
    }
    answered ||= status !== undefined;
  }
}

/** @returns undefined while no worker answers; a question without an answer must not end the waiting */
export async function statusOf<Status>(handle: WorkflowHandle): Promise<Status | undefined> {
  const { connection } = handle.client;
  return connection
    .withDeadline(Date.now() + ANSWER_WITHIN_MS, () => handle.query<Status>('status'))
    .catch(() => undefined);
}

/**
 * Waits for the end of a run, however often the server goes away meanwhile. While it is away nothing but this waiting keeps
 * the process alive.
 * @param signal aborted when nobody wants to wait any longer
 * @returns undefined then
 */
export async function endOf<W extends Workflow>(
  handle: WorkflowHandle<W>,
  signal: AbortSignal,
): Promise<End<W> | undefined> {
  for (let told = false; !signal.aborted; told = true) {
    try {
      return { result: await handle.result() };
    } catch (error) {
      if (error instanceof WorkflowFailedError) return { error };
      if (!mayPass(error)) throw error;
      if (!told) say(`the Temporal server does not answer; still trying (${String(error.cause ?? error.message)})`);
      await delay(ASK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
  return undefined;
}

/** gRPC's codes for a key that is wrong or may not do this. */
const REFUSED = [7, 16];

/** A server that is away comes back; one that refuses us goes on doing so. */
function mayPass(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false;
  return !(isGrpcServiceError(error.cause) && REFUSED.includes(error.cause.code));
}
