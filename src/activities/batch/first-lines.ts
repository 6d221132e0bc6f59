import { createHash } from 'node:crypto';

const SMALLEST = 1_024;

/**
 * On which line each id, or each text, stands first. Keeps 64 bits of a hash for each, in 24 to 48 bytes, so that a million of them take
 * some 30 MB; that two of a million differ and are taken for one happens once in 40 million files.
 */
export class FirstLines {
  private hashes = new BigUint64Array(SMALLEST);
  private lines = new Float64Array(SMALLEST);
  private size = 0;

  /** @returns the first line with this id: this one, when no earlier one was told */
  firstLineOf(id: string | number, line: number): number {
    if (this.size * 2 > this.hashes.length) this.grow();
    const hash = createHash('sha256').update(String(id)).digest().readBigUInt64LE() || 1n; // 0 marks a free place
    const place = this.placeOf(hash);
    if (this.hashes[place] === 0n) this.put(place, hash, line);
    return this.lines[place] ?? line;
  }

  private placeOf(hash: bigint): number {
    const mask = this.hashes.length - 1;
    let place = Number(hash & BigInt(mask));
    while (this.hashes[place] !== 0n && this.hashes[place] !== hash) place = (place + 1) & mask;
    return place;
  }

  private put(place: number, hash: bigint, line: number): void {
    this.hashes[place] = hash;
    this.lines[place] = line;
    this.size += 1;
  }

  private grow(): void {
    const { hashes, lines } = this;
    this.hashes = new BigUint64Array(hashes.length * 2);
    this.lines = new Float64Array(hashes.length * 2);
    this.size = 0;
    for (const [place, hash] of hashes.entries()) {
      if (hash !== 0n) this.put(this.placeOf(hash), hash, lines[place] ?? 0);
    }
  }
}
