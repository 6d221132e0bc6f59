import { isFailureKind } from '../failure.js';
import { isObject, numberIn, textIn } from '../parsed.js';
import type { OutageCause } from '../failover/out-of-use.js';
import type { OutageState } from './outage.js';

const MAX_MESSAGE_CHARS = 1_000;

/**
 * Reads where an outage stands from the memo of its workflow: no worker has to be asked, and it outlives the workflow.
 * @returns undefined for what is not ours
 */
function causeIn(value: unknown): OutageCause | undefined {
  return value === 'Operator' || isFailureKind(value) ? value : undefined;
}

export function outageStateIn(memo: Readonly<Record<string, unknown>> | undefined): OutageState | undefined {
  const state = memo?.outage;
  if (!isObject(state)) return undefined;
  const cause = causeIn(state.cause);
  const sinceMs = numberIn(state.sinceMs, 0, Number.MAX_SAFE_INTEGER);
  if (cause === undefined || sinceMs === undefined || typeof state.message !== 'string') return undefined;
  const reason = { cause, message: state.message.slice(0, MAX_MESSAGE_CHARS), sinceMs };
  const at = (value: unknown) => numberIn(value, 0, Number.MAX_SAFE_INTEGER) ?? 0;
  const failedProbes = at(state.failedProbes);
  const restMs = numberIn(state.restMs, 0, Number.MAX_SAFE_INTEGER);
  const rest = restMs === undefined ? {} : { restMs };
  const provenBy = textIn(state.provenBy, MAX_MESSAGE_CHARS);
  const proof = provenBy === undefined ? {} : { provenBy };
  switch (state.phase) {
    case 'suspected':
      return {
        ...reason,
        phase: 'suspected',
        inUse: state.inUse !== false,
        probeAtMs: at(state.probeAtMs),
        failedProbes,
      };
    case 'doubted': {
      const listed: unknown[] = Array.isArray(state.workers) ? state.workers : [];
      const workers = listed.flatMap((each) => textIn(each, MAX_MESSAGE_CHARS) ?? []);
      return { ...reason, phase: 'doubted', workers, forgottenAtMs: at(state.forgottenAtMs), ...proof };
    }
    case 'closed':
      return { ...reason, phase: 'closed', probeAtMs: at(state.probeAtMs), failedProbes };
    case 'limited':
      return { ...reason, phase: 'limited', untilMs: at(state.untilMs), ...rest };
    case 'held':
      return { ...reason, phase: 'held' };
    case 'over':
      return { ...reason, phase: 'over', watchedUntilMs: at(state.watchedUntilMs), ...rest, ...proof };
    default:
      return undefined;
  }
}
