const closers: (() => Promise<void>)[] = [];

/** What has to be sent before this process ends. */
export function beforeTheEnd(close: () => Promise<void>): void {
  closers.push(close);
}

const MAX_WAIT_MS = 3_000;

/** Sends what is left, as far as somebody takes it. */
export async function closeTelemetry(): Promise<void> {
  const all = Promise.allSettled(closers.splice(0).map((close) => close()));
  const late = new Promise((resolve) => setTimeout(resolve, MAX_WAIT_MS).unref());
  await Promise.race([all, late]);
}
