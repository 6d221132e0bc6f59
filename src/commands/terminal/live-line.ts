import { say } from './say.js';
import { screenOf, type Screen } from './screen.js';
import { fitted } from './width.js';

/** One line that changes while something lasts, on standard error. */
export interface LiveLine {
  /** @param words told anew for the screen as it is by then; `gist` is what makes it another line for whoever reads a pipe */
  show(gist: string, words: (screen: Screen) => string): void;
  /** A line that stays; the live one goes on below it. */
  say: (line: string) => void;
  clear(): void;
}

const REDRAW_EVERY_MS = 1_000;
const CLEARED = '\r\x1b[2K';

/** On a terminal the line is drawn in place, its times running; in a pipe a line stands there once for each change. */
export function liveLine(): LiveLine {
  return process.stderr.isTTY ? drawnLine() : plainLines();
}

function plainLines(): LiveLine {
  let told = '';
  return {
    show(gist, words) {
      if (gist !== told) say(words(screenOf(process.stderr)));
      told = gist;
    },
    say,
    clear() {
      told = '';
    },
  };
}

function drawnLine(): LiveLine {
  const { stderr } = process;
  let words: ((screen: Screen) => string) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    if (words === undefined) return;
    const screen = screenOf(stderr);
    stderr.write(CLEARED + fitted(words(screen), screen.width - 1)); // the last column makes some terminals wrap
  };
  const clear = () => {
    clearInterval(timer);
    timer = undefined;
    if (words !== undefined) stderr.write(CLEARED);
    words = undefined;
  };
  return {
    show(_, next) {
      words = next;
      timer ??= setInterval(draw, REDRAW_EVERY_MS).unref();
      draw();
    },
    say(line) {
      if (words !== undefined) stderr.write(CLEARED);
      say(line);
      draw();
    },
    clear,
  };
}
