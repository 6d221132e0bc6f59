import type { AnalysisStatus } from '../../domain/analyze/analysis.js';
import type { Attempt } from '../../domain/attempt.js';
import { say } from '../terminal/say.js';

/** Tells a person, as it happens and once each, what went wrong in a run and what the run does about it. */
export function progressTeller(): (status: Pick<AnalysisStatus, 'attempts' | 'asking' | 'waitingFor'>) => void {
  const said = new Set<string>();
  let told = 0;
  const once = (line: string) => {
    if (!said.has(line)) say(line);
    said.add(line);
  };
  return ({ attempts, asking, waitingFor }) => {
    for (; told < attempts.length; told += 1) {
      const attempt = attempts[told];
      if (attempt?.outcome === 'skipped') once(`${attempt.provider} skipped: ${reason(attempt)}`);
      if (attempt?.outcome !== 'failed') continue;
      const next = attempts.slice(told + 1).find(({ task, outcome }) => task === attempt.task && outcome !== 'skipped');
      say(`${attempt.provider} failed: ${reason(attempt)}${consequence(attempt, next?.provider ?? asking)}`);
    }
    if (waitingFor) {
      once(
        `waiting for ${waitingFor.map(({ provider, until }) => `${provider} ${until === undefined ? 'until its outage ends' : `until ${clock(until)}`}`).join(', ')}`,
      );
    }
  };
}

function reason({ failure, message, possiblyPaid }: Attempt): string {
  return `${failure ?? 'Failed'}: ${message ?? ''}${possiblyPaid ? ' (possibly paid)' : ''}`;
}

function consequence({ provider }: Attempt, next: string | undefined): string {
  if (next === undefined) return '';
  return next === provider ? '; asking it again' : `; switching to ${next}`;
}

function clock(iso: string): string {
  return new Date(iso).toLocaleTimeString('en-GB');
}
