import { setTimeout as sleep } from 'node:timers/promises';

/** Polls until the condition holds: a limit that only a defect reaches, in place of a time that a slow machine misses. */
export async function until(condition: () => boolean | Promise<boolean>, limitMs = 30_000): Promise<void> {
  const giveUpAtMs = Date.now() + limitMs;
  while (!(await condition())) {
    if (Date.now() > giveUpAtMs) throw new Error(`not within ${limitMs} ms: ${condition.toString()}`);
    await sleep(20);
  }
}
