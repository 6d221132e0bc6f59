import { print, printed } from '../terminal/say.js';
import { duration } from '../terminal/clock.js';
import { screenOf } from '../terminal/screen.js';
import { inStyle } from '../terminal/style.js';
import { padded, wrapped } from '../terminal/width.js';

/** Prints what happens, as it happens, with the time since the beginning. */
export interface Narrator {
  /** A new part of it. */
  act: (title: string, ...explanation: string[]) => void;
  happens: (line: string) => void;
}

const MARGIN = 9;

/** @param over from then on nothing is told any more */
export function narrator(over: AbortSignal): Narrator {
  const startedAtMs = Date.now();
  const screen = () => screenOf(process.stdout);
  const told = (margin: string, line: string) => {
    const room = Math.max(20, Math.min(100, screen().width) - MARGIN - 2);
    return wrapped(line, room).map((part, at) => `${padded(at === 0 ? margin : '', MARGIN, 'right')}  ${part}`);
  };
  return {
    act(title, ...explanation) {
      if (over.aborted) return;
      printed(['', inStyle('bold', title, screen())]);
      for (const line of explanation) print(told('', line).join('\n'));
    },
    happens(line) {
      if (!over.aborted) print(told(duration(Date.now() - startedAtMs), line).join('\n'));
    },
  };
}
