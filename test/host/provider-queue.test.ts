import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Worker } from '@temporalio/worker';
import type { Withdrawal } from '../../src/activities/failover/standing.js';
import { longerPauseMs, ProviderQueue } from '../../src/host/provider-queue.js';
import { until } from '../support/until.js';

const WHY: Withdrawal = { kind: 'Auth', task: 'sentiment', reason: '401 invalid API key (set OPENAI_API_KEY)' };

/** A Worker that runs until it is shut down. */
class FakeWorker {
  private state = 'INITIALIZED';
  private end: (error?: Error) => void = () => undefined;

  getState = () => this.state;
  shutdown = () => {
    this.fail();
  };
  fail(error?: Error) {
    this.state = 'STOPPED';
    this.end(error);
  }
  run(): Promise<void> {
    this.state = 'RUNNING';
    return new Promise((resolve, reject) => {
      this.end = (error) => {
        if (error) reject(error);
        else resolve();
      };
    });
  }
}

let workers: FakeWorker[];
let lines: string[];
let left: Withdrawal[];
let rejoined: number;
let isWanted: boolean;
let queue: ProviderQueue;
let ended: Promise<void>;

beforeEach(async () => {
  [workers, lines, left, rejoined, isWanted] = [[], [], [], 0, false];
  queue = new ProviderQueue({
    provider: 'openai',
    say: (line) => lines.push(line),
    create() {
      const worker = new FakeWorker();
      workers.push(worker);
      return Promise.resolve(worker as unknown as Worker);
    },
    leaves(why) {
      left.push(why);
    },
    isWanted: () => Promise.resolve(isWanted),
    rejoined: () => {
      rejoined += 1;
    },
  });
  await queue.open();
  ended = queue.run();
});

const isRunning = () => workers.at(-1)?.getState() === 'RUNNING';

describe("a worker's place in a provider's queue", () => {
  it('is taken until it is told to stop', async () => {
    expect(isRunning()).toBe(true);
    queue.stop();
    await ended;
    expect(workers).toHaveLength(1);
  });

  it('is left with one line that names the reason, and nobody hears of it twice', async () => {
    queue.withdraw(WHY);
    queue.withdraw(WHY);
    await until(() => lines.length > 0);
    expect(isRunning()).toBe(false);
    expect(lines).toEqual([
      'openai: 401 invalid API key (set OPENAI_API_KEY); this worker leaves it to others and tries again by itself',
    ]);
    expect(left).toEqual([WHY]);
    queue.stop();
    await ended;
    expect(rejoined).toBe(0);
  });

  it('is taken again before its time when the fleet needs it', async () => {
    queue.withdraw(WHY);
    await until(() => lines.length > 0);
    isWanted = true;
    await until(isRunning);
    expect({ rejoined, workers: workers.length }).toEqual({ rejoined: 1, workers: 2 });
    queue.stop();
    await ended;
  });

  it('is left for twice as long each time, ten minutes at most', () => {
    expect([30_000, 60_000, 480_000, 600_000].map(longerPauseMs)).toEqual([60_000, 120_000, 600_000, 600_000]);
  });

  it('is left without a further word until a call went well', async () => {
    isWanted = true;
    for (let time = 1; time <= 3; time += 1) {
      queue.withdraw(WHY);
      await until(() => rejoined === time && isRunning());
    }
    queue.isWell();
    queue.withdraw(WHY);
    await until(() => rejoined === 4 && isRunning());
    expect(lines).toHaveLength(2);
    queue.stop();
    await ended;
  });

  it('is given up at once when the worker stops during its pause', async () => {
    queue.withdraw(WHY);
    await until(() => lines.length > 0);
    queue.stop();
    await ended;
    expect(workers).toHaveLength(1);
  });

  it('tells when a Worker ends by itself', async () => {
    workers[0]?.fail(new Error('lost the server'));
    await expect(ended).rejects.toThrow('lost the server');
  });
});
