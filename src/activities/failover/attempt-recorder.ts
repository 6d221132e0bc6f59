import type { Attempt } from '../../domain/attempt.js';
import { costOf, type Price, type Usage } from '../../domain/cost.js';
import type { Failure } from '../../domain/failure.js';
import type { Answer, ProviderError } from '../../providers/provider.js';

/** Writes down a call that begins now, when it has ended. */
export interface AttemptRecorder {
  /** @param estimated for vendors that do not say what they billed */
  ok(usage: Usage | undefined, estimated: Usage, answer?: Pick<Answer<unknown>, 'value' | 'model'>): Attempt;
  failed(failure: Failure, error: Pick<ProviderError, 'usage' | 'possiblyPaid'>): Attempt;
}

/** What is beside an attempt, and in no record of it: for whoever is shown it because they asked for it. */
interface Exchange {
  text: string;
  answer?: Pick<Answer<unknown>, 'value' | 'model'>;
}

interface Called {
  task: Attempt['task'];
  provider: string;
  model: string;
  price: Price | undefined;
  text: string;
  /** Hears of the attempt when it has ended. */
  witness?: CallWitness;
}

/** Counts and traces attempts. */
export type CallWitness = (attempt: Attempt, exchange: Exchange) => void;

export function attemptRecorder({ price, text, witness, ...called }: Called): AttemptRecorder {
  const startedAtMs = Date.now();
  const record = (outcome: 'ok' | 'failed', usage: Usage | undefined, billed: Usage | undefined): Attempt => {
    const costUsd = costOf(billed, price);
    return {
      ...called,
      outcome,
      startedAt: new Date(startedAtMs).toISOString(),
      latencyMs: Date.now() - startedAtMs,
      ...usage,
      ...(costUsd !== undefined && { costUsd }),
    };
  };
  const told = (attempt: Attempt, answer?: Exchange['answer']): Attempt => {
    witness?.(attempt, { text, ...(answer && { answer }) });
    return attempt;
  };
  return {
    ok(usage, estimated, answer) {
      const counted = isCounted(usage) ? usage : undefined;
      return told(record('ok', counted, counted ?? estimated), answer);
    },
    failed({ kind, message }, { usage, possiblyPaid }) {
      const counted = isCounted(usage) ? usage : undefined;
      // An answer came, was billed, and does not say for how much.
      const isUncounted = possiblyPaid || (usage === undefined ? kind === 'BadOutput' : counted === undefined);
      const paid = isUncounted && counted === undefined ? { possiblyPaid: true } : {};
      return told({ ...record('failed', counted, counted), failure: kind, message, ...paid });
    },
  };
}

/** Usage of zeros is none: no vendor bills nothing for an answer. */
function isCounted(usage: Usage | undefined): boolean {
  return usage !== undefined && usage.inputTokens > 0;
}
