import { FREE_COLUMNS, inPlace } from './in-place.js';
import { say } from './say.js';
import { screenOf, type Screen } from './screen.js';
import { fitted, widthOf, wrapped } from './width.js';

/** One line that changes while something lasts, on standard error. */
export interface LiveLine {
  /**
   * @param gist what makes it another line for whoever reads a pipe
   * @param words told anew for the screen as it is by then: all of it, then shorter and shorter
   */
  show(gist: string, words: (screen: Screen) => Words): void;
  /** A line that stays; the live one goes on below it. */
  say: (line: string) => void;
  clear(): void;
}

/** The same, the shorter the later. */
type Words = readonly [whole: string, ...shorter: string[]];

const REDRAW_EVERY_MS = 1_000;

/** On a terminal the line is drawn in place, its times running; in a pipe a line stands there once for each change. */
export function liveLine(): LiveLine {
  return process.stderr.isTTY ? drawnLine() : plainLines();
}

function plainLines(): LiveLine {
  let told = '';
  return {
    show(gist, words) {
      if (gist !== told) say(words(screenOf(process.stderr))[0]);
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
  const line = inPlace(stderr);
  let words: ((screen: Screen) => Words) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    if (words === undefined) return;
    const screen = screenOf(stderr);
    const room = screen.width - FREE_COLUMNS;
    const told = words(screen);
    line.draw(fitted(told.find((each) => widthOf(each) <= room) ?? told.at(-1) ?? '', room));
  };
  const clear = () => {
    clearInterval(timer);
    timer = undefined;
    stderr.off('resize', draw);
    line.erase();
    words = undefined;
  };
  return {
    show(_, next) {
      if (words === undefined) {
        const screen = screenOf(stderr);
        const [whole] = next(screen);
        if (widthOf(whole) > screen.width - FREE_COLUMNS) say(wrapped(whole, screen.width).join('\n')); // once in full, then as much as fits
        stderr.on('resize', draw);
      }
      words = next;
      timer ??= setInterval(draw, REDRAW_EVERY_MS).unref();
      draw();
    },
    say(words) {
      line.erase();
      say(words);
      draw();
    },
    clear,
  };
}
