import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';

const HEARTBEAT_EVERY_MS = 1_000;

/**
 * Tells the server that this worker lives, so that its loss is noticed, and brings a cancellation back.
 * @param details what the next attempt, and the workflow, shall know if this one is lost
 */
export async function pulsing<T>(details: unknown, work: () => Promise<T>): Promise<T> {
  const pulse = setInterval(() => {
    heartbeat(details);
  }, HEARTBEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(pulse);
  }
}

/** As {@link pulsing}, and a cancellation ends the waiting for work that does not notice it. */
export function alive<T>(work: () => Promise<T>): Promise<T> {
  return pulsing(undefined, () => Promise.race([work(), whenCancelled()]));
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
