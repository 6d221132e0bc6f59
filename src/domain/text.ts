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

/** Half a character, which no vendor takes and no file holds, becomes U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/**
 * A name, a title or a message of somebody else, as it may stand in a line of ours: control and format characters, which
 * could move a cursor, change colours or turn the direction of the writing, are replaced, and it is cut to a length.
 * Zero-width joiners stay: emoji and several scripts need them.
 * @param maxChars of the result, in UTF-16 units; never through the middle of a character
 */
export function printable(text: string, maxChars = 300): string {
  const line = wellFormed(text.slice(0, 4 * maxChars)) // what is longer is cut anyway
    .replace(/[\s\u2028\u2029]+/gu, ' ')
    .replace(/(?![\u200c\u200d])\p{C}+/gu, '\ufffd')
    .trim();
  return line.length <= maxChars ? line : `${line.slice(0, maxChars - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
