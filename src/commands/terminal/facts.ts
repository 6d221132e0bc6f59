import { told, type Cell } from './cell.js';
import type { Screen } from './screen.js';
import { inStyle } from './style.js';
import { padded, widthOf, wrapped } from './width.js';

const GAP = 2;
const MIN_VALUE = 20;

/** What is known of one thing, a name and a value a line; the values stand below each other on a terminal. @returns lines */
export function facts(known: readonly (readonly [name: string, value: Cell])[], screen: Screen): string[] {
  const texts = known.map(([name, value]) => [`${name}:`, told(value, screen)] as const);
  if (screen.kind === 'pipe') return texts.map(([name, value]) => `${name} ${value}`);
  const indent = Math.max(0, ...texts.map(([name]) => widthOf(name))) + GAP;
  const room = Math.max(MIN_VALUE, screen.width - indent);
  return texts.flatMap(([name, value]) =>
    wrapped(value, room).map((line, at) =>
      at === 0 ? inStyle('bold', padded(name, indent, 'left'), screen) + line : ' '.repeat(indent) + line,
    ),
  );
}
