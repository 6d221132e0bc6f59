import { activityInfo, cancellationSignal, heartbeat } from '@temporalio/activity';

const HEARTBEAT_EVERY_MS = 1_000;

/** Tells the server that this worker lives, so that its loss is noticed, and brings a cancellation back. */
export async function alive<T>(work: () => Promise<T>): Promise<T> {
  const pulse = setInterval(() => {
    heartbeat();
  }, HEARTBEAT_EVERY_MS);
  try {
    return await Promise.race([work(), whenCancelled()]);
  } finally {
    clearInterval(pulse);
  }
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
