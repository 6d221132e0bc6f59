import { screenOf } from './screen.js';
import { widthOf } from './width.js';

/** Columns left free beside such a line: the last makes some terminals wrap, and Ctrl-C is echoed as `^C`. */
export const FREE_COLUMNS = 3;

/** A line that is drawn over itself, and leaves nothing behind when the terminal became narrower meanwhile. */
export interface InPlace {
  /** @param line narrower than the terminal */
  draw(line: string): void;
  /** The terminal is as it was without the line. */
  erase(): void;
}

export function inPlace(stream: NodeJS.WriteStream): InPlace {
  let drawn = 0;
  /** What does not fit any more was broken into rows by the terminal: back to the first of them, and away with all. */
  const back = () => {
    const above = Math.max(0, Math.ceil(drawn / screenOf(stream).width) - 1);
    return above === 0 ? '\r\x1b[2K' : `\r\x1b[${above}A\x1b[J`;
  };
  return {
    draw(line) {
      stream.write(back() + line);
      drawn = widthOf(line);
    },
    erase() {
      if (drawn > 0) stream.write(back());
      drawn = 0;
    },
  };
}
