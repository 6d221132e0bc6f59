const TERMINAL_REFRESH_MS = 250;
const LOG_REFRESH_MS = 15_000;

/**
 * Shows that something long is going on: one line that rewrites itself on a terminal, else a line now and then.
 * @returns to be called at the end; clears the terminal's line
 */
export function showProgress(describe: () => string, say: (line: string) => void): () => void {
  const { stderr } = process;
  if (!stderr.isTTY) {
    const timer = setInterval(() => {
      say(describe());
    }, LOG_REFRESH_MS);
    say(describe());
    return () => {
      clearInterval(timer);
    };
  }
  const timer = setInterval(() => {
    stderr.write(`\r\x1b[2K${describe().slice(0, stderr.columns - 1)}`);
  }, TERMINAL_REFRESH_MS);
  return () => {
    clearInterval(timer);
    stderr.write('\r\x1b[2K');
  };
}
