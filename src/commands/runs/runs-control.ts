import { setTimeout as sleep } from 'node:timers/promises';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { print, say } from '../terminal/say.js';
import { requireUnderWay, runOf, stateOf } from './run-handle.js';

const OVER_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 100;

export async function cancelRun(id: string): Promise<number> {
  const { handle, description } = await runOf(await connectClient(targetFromEnvironment()), id);
  requireUnderWay(description);
  await handle.cancel();
  const giveUpAtMs = Date.now() + OVER_WITHIN_MS;
  while (Date.now() < giveUpAtMs) {
    const { status } = await handle.describe();
    if (status.name !== 'RUNNING') {
      print(`${id} is ${stateOf(status.name)}`);
      return 0;
    }
    await sleep(LOOK_EVERY_MS);
  }
  print(`${id} is asked to end`);
  say('it ends as soon as a worker takes it; start one with: npx understudy worker');
  return 0;
}

export async function retryRunNow(id: string): Promise<number> {
  const { handle, description } = await runOf(await connectClient(targetFromEnvironment()), id);
  requireUnderWay(description);
  await handle.signal('retryNow');
  print(`${id} asks again now`);
  say(`to see what comes of it: npx understudy runs show ${id}`);
  return 0;
}
