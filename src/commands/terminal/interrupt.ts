/** Exit code of a shell command that Ctrl-C ended: 128 + SIGINT. */
export const INTERRUPTED = 130;

/** Ctrl-C ended a command before there was anything to tell. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Settles at the first SIGINT or SIGTERM; the second ends the process at once. */
export function interruption(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first = true;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (!first) process.exit(INTERRUPTED);
        first = false;
        resolve(signal);
      });
    }
  });
}
