/** Exit code of a shell command that Ctrl-C ended: 128 + SIGINT. */
export const INTERRUPTED = 130;

/**
 * Settles at the first SIGINT or SIGTERM; the second ends the process at once.
 * @param onSecond what must not be left behind, synchronously
 */
export function interruption(onSecond: () => void = () => undefined): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first = true;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (first) resolve(signal);
        else {
          onSecond();
          process.exit(INTERRUPTED);
        }
        first = false;
      });
    }
  });
}
