import { beforeEach, describe, expect, it } from '@jest/globals';
import { Standing, type Withdrawal } from '../../../src/activities/failover/standing.js';

const NOW = 1_000_000;

let withdrawn: Withdrawal[];
let well: number;
let standing: Standing;
beforeEach(() => {
  withdrawn = [];
  well = 0;
  standing = new Standing({
    withdraw: (why) => withdrawn.push(why),
    well: () => {
      well += 1;
    },
  });
});

/** Whether a call that wants to begin now is let through, without waiting for long. */
async function isLetIn(call: Promise<unknown>): Promise<boolean> {
  const turns = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    return false;
  };
  return Promise.race([call.then(() => true), turns()]);
}

describe('a worker that does not know yet whether its key works', () => {
  it('makes one call, and the others wait for what it finds out', async () => {
    const end = await standing.enter();
    const others = [standing.enter(), standing.enter()];
    expect(await isLetIn(Promise.race(others))).toBe(false);
    standing.keyWorks();
    end?.();
    expect(await isLetIn(Promise.all(others))).toBe(true);
    expect(well).toBe(1);
  });

  it('tries with the next one where the first found nothing out', async () => {
    const end = await standing.enter();
    const [second, third] = [standing.enter(), standing.enter()];
    end?.();
    expect(await isLetIn(second)).toBe(true);
    expect(await isLetIn(third)).toBe(false);
  });
});

describe('a worker whose key works', () => {
  it('lets all calls through at once, and says so once', async () => {
    standing.keyWorks();
    standing.keyWorks();
    expect(await isLetIn(Promise.all([standing.enter(), standing.enter(), standing.enter()]))).toBe(true);
    expect(well).toBe(1);
  });
});

describe('a worker whose key is not taken', () => {
  it('leaves the queue, once, and sends nothing more', async () => {
    const end = await standing.enter();
    const waiting = standing.enter();
    standing.keyFails('sentiment', '401 invalid API key (set OPENAI_API_KEY)');
    standing.keyFails('summarize', 'again');
    end?.();
    expect(withdrawn).toEqual([
      { kind: 'Auth', task: 'sentiment', reason: '401 invalid API key (set OPENAI_API_KEY)' },
    ]);
    expect(await waiting).toBeUndefined();
    expect(await standing.enter()).toBeUndefined();
  });

  it('is not brought back by a call that began before', async () => {
    standing.keyWorks();
    standing.keyFails('sentiment', '401');
    standing.keyWorks();
    expect(await standing.enter()).toBeUndefined();
    expect(well).toBe(1);
  });

  it('tries again with one call when it is back', async () => {
    standing.keyFails('sentiment', '401');
    standing.rejoin();
    expect(await standing.enter()).toBeInstanceOf(Function);
    expect(await isLetIn(standing.enter())).toBe(false);
    standing.keyFails('sentiment', 'still 401');
    expect(withdrawn).toHaveLength(2);
  });
});

describe('a worker that can make no connection', () => {
  const cannotConnect = (atMs: number, canOthers = true) => {
    standing.cannotConnect('sentiment', 'ENOTFOUND', NOW + atMs, canOthers);
  };

  it('leaves it to others after three times in a row, over two seconds', () => {
    for (const atMs of [0, 100, 200, 1_999]) cannotConnect(atMs);
    expect(withdrawn).toEqual([]);
    cannotConnect(2_000);
    expect(withdrawn).toEqual([{ kind: 'Unavailable', task: 'sentiment', reason: 'ENOTFOUND' }]);
  });

  it('stays where there are no others', () => {
    for (const atMs of [0, 1_000, 2_000, 3_000]) cannotConnect(atMs, false);
    expect(withdrawn).toEqual([]);
  });

  it('begins to count anew when a call came through', () => {
    for (const atMs of [0, 1_000]) cannotConnect(atMs);
    standing.keyWorks();
    for (const atMs of [2_000, 3_000]) cannotConnect(atMs);
    expect(withdrawn).toEqual([]);
  });
});
