import { MAX_PUT_OFF_KEYS, type Item, type Progress } from './reading.js';

/** Items that were tried in vain come after the others, which they might keep back for ever. Otherwise in their order. */
export function othersFirst<T extends Pick<Item, 'key'>>(items: readonly T[], putOffKeys: readonly string[]): T[] {
  const keys = new Set(putOffKeys);
  return [...items.filter(({ key }) => !keys.has(key)), ...items.filter(({ key }) => keys.has(key))];
}

/**
 * What to remember of those that were tried in vain.
 * @param before the longest ago first
 * @param taken of items that came to a result, and so are none of them any more
 * @param now of items that were tried in vain just now
 */
export function putOffAfter(
  before: readonly string[],
  taken: readonly string[],
  now: readonly string[],
): Pick<Progress, 'putOffKeys'> {
  const anew = new Set([...taken, ...now]);
  const keys = [...before.filter((key) => !anew.has(key)), ...now].slice(-MAX_PUT_OFF_KEYS);
  return keys.length > 0 ? { putOffKeys: keys } : {};
}
