/** Where a string stands in a text. */
interface Token {
  from: number;
  to: number;
}

/**
 * The number that a key of a JSON object has, as it is written, with all of its digits. The last one counts, as it does
 * for `JSON.parse`.
 * @param json what `JSON.parse` took for an object
 */
export function writtenNumber(json: string, key: string): string | undefined {
  return NUMBER.exec(writtenValue(json, key) ?? '')?.[1];
}

/** What a key of a JSON object has, as it is written. @param json what `JSON.parse` took for an object */
export function writtenValue(json: string, key: string): string | undefined {
  let written: string | undefined;
  let name: Token | undefined;
  let valueFrom: number | undefined;
  let depth = 0;
  for (let at = 0; at < json.length;) {
    const character = json[at] ?? '';
    const begin = at;
    at = character === '"' ? behindString(json, at) : at + 1;
    if (character === '{' || character === '[') depth += 1;
    if (character === '}' || character === ']') depth -= 1;
    const isBehind = (depth === 1 && character === ',') || depth === 0;
    if (isBehind && valueFrom !== undefined) {
      written = json.slice(valueFrom, begin);
      valueFrom = undefined;
    }
    if (depth !== 1) continue;
    if (character === '"') name = { from: begin, to: at };
    if (character !== ':' || name === undefined) continue;
    if (isKey(json, name, key)) valueFrom = at;
    name = undefined;
  }
  return written;
}

function behindString(json: string, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isKey(json: string, { from, to }: Token, key: string): boolean {
  const written = json.slice(from, to);
  return written === `"${key}"` || (written.includes('\\') && JSON.parse(written) === key);
}

const NUMBER = /^\s*(-?\d[\d.eE+-]*)/;
