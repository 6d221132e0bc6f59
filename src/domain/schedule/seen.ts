/** Keys that are remembered though their items left the source: a feed may show an entry again. An item has two at most. */
const KEPT_OF_THE_GONE = 4_000;

/**
 * What a schedule remembers after a reading: every key that its source still has, and the newest of the others.
 * @param seen the oldest first
 * @param present all keys that the source has now
 */
export function remembered(seen: readonly string[], present: ReadonlySet<string>): string[] {
  let forget = seen.filter((key) => !present.has(key)).length - KEPT_OF_THE_GONE;
  return seen.filter((key) => present.has(key) || forget-- <= 0);
}
