/** When a run gives up. Without one it waits for as long as it takes. */
export class Deadline {
  /** @param atMs epoch milliseconds */
  constructor(
    readonly atMs: number | undefined,
    /** As it was asked for. */
    readonly afterMs: number | undefined,
  ) {}

  /** @returns milliseconds, 0 or less when it has passed; undefined without a deadline */
  leftMs(): number | undefined {
    return this.atMs === undefined ? undefined : this.atMs - Date.now();
  }
}
