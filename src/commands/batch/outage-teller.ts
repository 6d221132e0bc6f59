import type { Client } from '@temporalio/client';
import { outagesUnderWay } from '../../activities/outage/outage-handle.js';
import { dueAtMs } from '../../domain/outage/outage.js';
import { outOfUseWords } from '../terminal/outage-words.js';
import type { Screen } from '../terminal/screen.js';

const LOOK_EVERY_MS = 2_000;

/** Tells of outages while many texts are under way. @returns when somebody looks next whether one has ended, where any is open */
export type OutageTeller = (waiting: number) => Promise<number | undefined>;

/** Tells who drops out, who is back, and that texts wait, each once and when it happens. */
export function outageTeller(client: Client, say: (line: string) => void, screen: () => Screen): OutageTeller {
  let out: readonly string[] = [];
  let lookAgainAtMs = 0;
  let dueMs: number | undefined;
  let toldThatTheyWait = false;
  return async (waiting) => {
    if (Date.now() < lookAgainAtMs) return dueMs;
    lookAgainAtMs = Date.now() + LOOK_EVERY_MS;
    const outages = await outagesUnderWay(client).catch(() => undefined); // told at the next look
    if (outages === undefined) return dueMs;
    const open = [...outages].flatMap(([unit, state]) => {
      const words = outOfUseWords(unit, state, screen());
      return words === undefined ? [] : [{ unit, words, dueMs: dueAtMs(state) }];
    });
    for (const { unit, words } of open) if (!out.includes(unit)) say(words);
    for (const unit of out) if (!open.some((each) => each.unit === unit)) say(`${unit} is back in use`);
    out = open.map(({ unit }) => unit);
    const dues = open.flatMap((each) => each.dueMs ?? []);
    dueMs = dues.length === 0 ? undefined : Math.min(...dues);
    if (waiting > 0 && open.length > 0 && !toldThatTheyWait)
      say('what nobody can answer now waits; Ctrl-C leaves it running');
    toldThatTheyWait = waiting > 0 && open.length > 0;
    return dueMs;
  };
}
