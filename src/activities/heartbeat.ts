import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';

/** A call of 3 s makes none; a lost worker is noticed within 10 s all the same. */
const HEARTBEAT_EVERY_MS = 4_000;

/**
 * Tells the server that this worker lives, so that its loss is noticed, and brings a cancellation back.
 * @param details what the next attempt, and the workflow, shall know if this one is lost
 */
export async function heartbeating<T>(details: unknown, work: () => Promise<T>): Promise<T> {
  const timer = setInterval(() => {
    heartbeat(details);
  }, HEARTBEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** As {@link heartbeating}, and a cancellation ends the waiting for work that does not notice it. */
export function cancellable<T>(work: () => Promise<T>): Promise<T> {
  return heartbeating(undefined, () => Promise.race([work(), whenCancelled()]));
}

function whenCancelled(): Promise<never> {
  const { activityType } = activityInfo();
  return new Promise((_, reject) => {
    const signal = cancellationSignal();
    signal.addEventListener('abort', () => {
      reject(signal.reason instanceof Error ? signal.reason : new Error(`${activityType} was cancelled`));
    });
  });
}
