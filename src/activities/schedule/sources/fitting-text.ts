import type { Item } from '../../../domain/schedule/reading.js';
import { isBlank, MAX_TEXT_BYTES, wellFormed } from '../../../domain/text.js';

/** A text that `analyze` takes: what is longer is cut, and says so. */
export function fittingText(given: string, alreadyCut = false): Item['content'] {
  const text = wellFormed(given);
  if (isBlank(text)) return { error: { type: 'Unreadable', message: 'there is no text' } };
  if (text.includes('\0')) return { error: { type: 'Unreadable', message: 'not text: it holds NUL' } };
  const fits = fitting(text);
  const cut = alreadyCut || fits.length < text.length;
  return cut ? { text: fits, note: `cut to its first ${fits.length} characters` } : { text };
}

function fitting(text: string): string {
  let fits = text.slice(0, MAX_TEXT_BYTES);
  for (let size = byteLengthOf(fits); size > MAX_TEXT_BYTES; size = byteLengthOf(fits)) {
    fits = fits.slice(0, Math.floor((fits.length * MAX_TEXT_BYTES) / size) - 1);
  }
  return fits.replace(/[\uD800-\uDBFF]$/, ''); // not through the middle of a character
}

/** As JSON, which is how Temporal carries it. */
function byteLengthOf(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
