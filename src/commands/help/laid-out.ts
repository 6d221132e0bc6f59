import { wrapped } from '../terminal/width.js';

/** Within the width of a terminal, what is told of a name below itself; a command to copy stays as it is. */
export function laidOut(page: string, width: number): string[] {
  return page.split('\n').flatMap((line) => {
    if (line.length <= width || /^ *\$/.test(line)) return [line];
    const [named = ''] = /^ +\S+ {2,}/.exec(line) ?? [];
    const indent = ' '.repeat(named.length);
    return wrapped(line.slice(named.length), width - named.length).map(
      (part, at) => (at === 0 ? named : indent) + part,
    );
  });
}
