/** What a person's output is drawn on; of a pipe, which programs read, nothing is known and nothing needed. */
export interface Screen {
  kind: 'terminal' | 'pipe';
  /** In columns; a pipe has no end. */
  width: number;
  colours: boolean;
  /** Epoch milliseconds, for times that are told from now on. */
  nowMs: number;
}

const MIN_WIDTH = 20;

/** Asked each time, as a terminal changes its size. Node knows `NO_COLOR`, `FORCE_COLOR` and dumb terminals. */
export function screenOf(stream: NodeJS.WriteStream): Screen {
  if (!stream.isTTY) return { kind: 'pipe', width: Infinity, colours: false, nowMs: Date.now() };
  const width = Math.max(MIN_WIDTH, stream.columns || 80);
  return { kind: 'terminal', width, colours: stream.hasColors(), nowMs: Date.now() };
}
