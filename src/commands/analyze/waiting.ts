import type { AnalysisStatus } from '../../domain/analyze/analysis.js';
import type { LiveLine } from '../terminal/live-line.js';
import { plainly, providerOf, soon } from '../terminal/outage-words.js';
import { nextLookWords, waitedForIn, waitingWords, type Outages } from './progress.js';

const LOOK_AGAIN_MS = 2_000;

/** Says at once that a run waits, and keeps saying for whom, why and for how long, until it goes on. */
export function waitingTeller(
  line: LiveLine,
  outagesNow: () => Promise<Outages>,
  deadlineAtMs: number | undefined,
): (status: Pick<AnalysisStatus, 'waitingFor'>) => Promise<void> {
  let outages: Outages = new Map();
  let lookAgainAtMs = 0;
  return async ({ waitingFor }) => {
    if (waitingFor === undefined) {
      line.clear();
      return;
    }
    if (Date.now() >= lookAgainAtMs) {
      outages = await outagesNow().catch(() => outages); // the line may be older than the server's answer
      lookAgainAtMs = Date.now() + LOOK_AGAIN_MS;
    }
    line.show(gistOf(waitingFor, outages), (screen) => {
      const ends = [
        ...(deadlineAtMs === undefined ? [] : [`deadline ${soon(deadlineAtMs, screen)}`]),
        'Ctrl-C leaves it running',
      ];
      const until = deadlineAtMs === undefined ? [] : [`ends ${soon(deadlineAtMs, screen)}`];
      const look = nextLookWords(waitingFor, outages, screen);
      return [
        [waitingWords(waitingFor, outages, screen), ...ends].join('; '),
        [`waiting for ${waitedForIn(waitingFor, outages)}`, ...look, ...ends].join('; '),
        ['waiting', ...look, ...ends].join('; '),
        ['waiting', ...look.map((words) => words.replace('next ', '')), ...until, 'Ctrl-C: goes on'].join('; '),
      ];
    });
  };
}

/** For whom and why; times that move on are none. */
function gistOf(waitingFor: NonNullable<AnalysisStatus['waitingFor']>, outages: Outages): string {
  return JSON.stringify(
    waitingFor.map(({ provider, why }) => {
      const own = [...outages].filter(([unit]) => providerOf(unit) === provider);
      return [
        provider,
        own.length > 0 ? own.map(([unit, { phase, sinceMs }]) => [unit, phase, sinceMs]) : plainly(why),
      ];
    }),
  );
}
