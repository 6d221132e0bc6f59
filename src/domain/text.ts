/** The longest text that is taken, in bytes of UTF-8. */
export const MAX_TEXT_BYTES = 1024 * 1024;

/** Whether there is anything to read in it: not only white space, control and format characters. */
export function isBlank(text: string): boolean {
  return !/[^\s\p{C}]/u.test(text);
}

/** @returns undefined for what is not UTF-8 */
export function utf8In(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A text without half characters, which no vendor takes and no file holds: U+FFFD stands for them. Its length is the same. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** @returns bytes of a text in UTF-8 */
export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** What ends a line or moves along it, in ASCII, in C1 and in Unicode. */
const LINE_CONTROLS = /\r\n|[\t\n\v\f\r\u0085\u2028\u2029]/g;
/** The rest of what a terminal obeys (ESC, C1, DEL), and halves of characters. */
const CONTROLS = /[\p{Cc}\p{Cs}]/gu;
/** What shows nothing by itself and changes how the rest is shown: bidi, joiners, tags. Not the selectors of emoji. */
const INVISIBLE = /(?![\uFE0E\uFE0F])[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * A text of somebody else as one line that a terminal or a log can be given: without control and format characters. What a
 * terminal would obey is shown as U+FFFD, what is invisible is gone, line ends are blanks.
 */
export function printable(text: string): string {
  return text.replace(LINE_CONTROLS, ' ').replace(INVISIBLE, '').replace(CONTROLS, '\uFFFD');
}

/** As JSON that a terminal can be given: what `printable` takes away stands in it as `\\u` escapes, so that no value changes. */
export function printableJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent) as string | undefined; // undefined for undefined
  return (json ?? 'null').replace(/[\u007F-\u009F\u2028\u2029]|[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, escaped);
}

function escaped(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/**
 * A name, a title or a message of somebody else as it may stand in a line of ours: printable, and cut to a length.
 * @param maxChars of the result, in UTF-16 units; never through the middle of a character
 */
export function oneLine(text: string, maxChars = 300): string {
  const line = printable(text.slice(0, 4 * maxChars)) // what is longer is cut anyway
    .replace(/\s+/gu, ' ')
    .trim();
  return line.length <= maxChars ? line : `${line.slice(0, maxChars - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
