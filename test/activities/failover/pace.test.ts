import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../../src/activities/failover/pace.js';

/** When the turns of so many calls come that begin at once, in milliseconds after the first. */
async function turnsOf(calls: number, pace: Pace): Promise<number[]> {
  const beganAtMs = Date.now();
  return Promise.all(Array.from({ length: calls }, () => pace.turn().then(() => Date.now() - beganAtMs)));
}

/** Timers may fire a millisecond early. */
const WINDOW_MS = 995;

describe('the pace of a worker', () => {
  it('holds up nothing where there is no limit', async () => {
    const unlimited = new Pace(undefined, () => 1);
    expect(await Promise.all([1, 2, 3].map(() => unlimited.turn()))).toEqual([false, false, false]);
  });

  it('holds up no call within its share of a second, and the next one until that is over', async () => {
    const pace = new Pace(10, () => 1);
    expect(await Promise.all(Array.from({ length: 11 }, () => pace.turn()))).not.toContain(true);
    const [twelfth = NaN] = await turnsOf(1, pace);
    expect(twelfth).toBeGreaterThanOrEqual(WINDOW_MS - 50);
  });

  it('shares the limit with other workers, each of whom may make one call', async () => {
    const pace = new Pace(10, () => 2);
    const waited = await Promise.all(Array.from({ length: 7 }, () => pace.turn()));
    expect(waited).toEqual([false, false, false, false, false, true, true]);
    expect(await new Pace(0.01, () => 10).turn()).toBe(false);
  });

  it('waits no longer than a call may be late, whatever its share', async () => {
    const turns = await turnsOf(5, new Pace(0.01, () => 10));
    expect(Math.max(...turns)).toBeGreaterThanOrEqual(2 * WINDOW_MS);
    expect(Math.max(...turns)).toBeLessThan(30_000);
  });
});
