import { Runtime } from '@temporalio/worker';
import type { Attempt } from '../../domain/attempt.js';
import type { Called, Exchange, Traces } from './spans.js';
import { WholeNumbers } from './whole-numbers.js';

/**
 * Counts the calls of a provider, and traces them where somebody takes traces. Labels come from the configuration and from
 * our own table of failures, never from an answer, so that their number is bounded.
 */
export function callWitness(
  called: Called,
  traces: Traces | undefined,
): (attempt: Attempt, exchange: Exchange) => void {
  const meter = Runtime.instance().metricMeter;
  const calls = meter.createCounter('understudy_calls', '1', 'Calls of providers that ended');
  const durations = meter.createHistogram('understudy_call_duration', 'float', 'seconds', 'How long calls took');
  const tokens = meter.createCounter('understudy_tokens', '1', 'Tokens that vendors counted');
  const cost = meter.createCounter(
    'understudy_cost_microdollars',
    '1',
    'Millionths of a US dollar, by configured price',
  );
  const doubtful = meter.createCounter(
    'understudy_possibly_paid_calls',
    '1',
    'Calls that may be billed, for nobody knows how much',
  );
  const microdollars = new WholeNumbers();
  return (attempt, exchange) => {
    const { task, provider, model, outcome, failure = '', latencyMs, inputTokens, outputTokens } = attempt;
    const of = { provider, model, task };
    calls.add(1, { ...of, outcome, failure });
    durations.record(latencyMs / 1_000, { ...of, outcome });
    if (inputTokens !== undefined) tokens.add(inputTokens, { provider, model, direction: 'input' });
    if (outputTokens !== undefined) tokens.add(outputTokens, { provider, model, direction: 'output' });
    if (attempt.costUsd !== undefined) cost.add(microdollars.of(task, attempt.costUsd * 1_000_000), of);
    if (attempt.possiblyPaid) doubtful.add(1, of);
    traces?.attempt(attempt, called, exchange);
  };
}
