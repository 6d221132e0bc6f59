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

/** @returns bytes of a text in UTF-8 */
export function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
