import { describe, expect, it } from '@jest/globals';
import { Pace } from '../../../src/activities/failover/pace.js';

/** When the turns of so many calls come that begin at once, in milliseconds after the first. */
async function turnsOf(calls: number, pace: Pace): Promise<number[]> {
  const beganAtMs = Date.now();
  return Promise.all(Array.from({ length: calls }, () => pace.turn().then(() => Date.now() - beganAtMs)));
}

describe('the pace of a worker', () => {
  it('does not hold up the first call, nor any where there is no limit', async () => {
    expect(await new Pace(1, () => 1).turn()).toBe(false);
    const unlimited = new Pace(undefined, () => 1);
    expect(await Promise.all([1, 2, 3].map(() => unlimited.turn()))).toEqual([false, false, false]);
  });

  it('spreads calls that come at once over the time', async () => {
    const turns = await turnsOf(23, new Pace(100, () => 1));
    expect(Math.max(...turns)).toBeGreaterThanOrEqual(195); // 22 intervals of 9.1 ms
  });

  it('shares the limit with other workers', async () => {
    const turns = await turnsOf(12, new Pace(100, () => 2));
    expect(Math.max(...turns)).toBeGreaterThanOrEqual(195); // 11 intervals of 18.2 ms
  });

  it('waits no longer than a call may be late, whatever its share', async () => {
    const turns = await turnsOf(3, new Pace(0.01, () => 10));
    expect(Math.max(...turns)).toBeLessThan(30_000);
  });
});
