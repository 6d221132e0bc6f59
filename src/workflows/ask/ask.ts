import { CancellationScope, defineQuery, defineSignal, setHandler } from '@temporalio/workflow';
import ms, { type StringValue } from 'ms';
import type { Sentiment } from '../../domain/analyze/sentiment.js';
import type { Asked } from '../../domain/ask/asked.js';
import { textIn } from '../../domain/parsed.js';
import type { Task } from '../../domain/task.js';
import { reopenedSignal } from '../failover/messages.js';
import { ProviderRun } from '../failover/provider-run.js';
import type { ProvidersNow } from '../failover/providers-now.js';
import { checkedText, runInput } from '../input/run-input.js';
import { together } from './together.js';

/** How one question is asked. */
export interface AskOptions {
  /** Ends it with `DeadlineExceeded`: milliseconds, or like `'10m'`. By default an hour from now. */
  deadline?: number | StringValue;
  /** It never spends more. US dollars. */
  maxCostUsd?: number;
  /** Providers by name, best first, instead of the configured route. */
  route?: string[];
}

/** Where the questions of a workflow stand that wait: who for, and why. */
const askingQuery = defineQuery<ReturnType<ProvidersNow['waitingFor']>>('understudy.waitingFor');

/** Cuts the wait of all questions of a workflow short. */
const retryNowAllSignal = defineSignal('understudy.retryNow');

/**
 * Asks providers for a task of the configuration, from the code of your own workflow: switches while another one can
 * answer, waits (durably) when none can right now. May be called any number of times, also in parallel and in
 * cancellation scopes.
 * @param task its name under `tasks` in the configuration of the worker, or `summarize` or `sentiment`
 * @param input a text, or JSON that is given to the model as it is
 * @returns the answer with every attempt that it took, and what it cost
 * @throws ApplicationFailure, not retryable, whose type says why no answer came: `NoProviderLeft`, `DeadlineExceeded`,
 * `BudgetExceeded`, `Refused` or `InvalidInput`; its first detail is `{ attempts, costUsd, atMostUsd }`
 */
export function ask(task: 'sentiment', input: unknown, options?: AskOptions): Promise<Asked<Sentiment>>;
export function ask<T = string>(task: Task, input: unknown, options?: AskOptions): Promise<Asked<T>>;
export async function ask<T>(task: Task, input: unknown, options: AskOptions = {}): Promise<Asked<T>> {
  const { deadline, maxCostUsd, route } = options;
  const asked = runInput(
    {
      ...(deadline !== undefined && { deadlineMs: typeof deadline === 'number' ? deadline : ms(deadline) }),
      ...(maxCostUsd !== undefined && { maxCostUsd }),
      ...(route && { routes: { [task]: route } }),
    },
    [task],
  );
  const text = checkedText(typeof input === 'string' || input === undefined ? input : JSON.stringify(input));
  const asking = questionsUnderWay();
  let mine: ProvidersNow | undefined;
  try {
    const run = await ProviderRun.begin([task], asked, {
      own: false,
      listen(providers) {
        mine = providers;
        asking.add(providers);
      },
    });
    const value = await run.answer<T>(task, { text }, together);
    const { workflowId, runId, ...others } = run.result();
    return { workflowId, runId, task, value, ...others };
  } finally {
    if (mine) asking.delete(mine);
  }
}

const MAX_UNIT_CHARS = 500;

/** By the root scope of a workflow: a worker may share this module between workflows, and forgets one with its scope. */
const underWay = new WeakMap<CancellationScope, Set<ProvidersNow>>();

/** The questions of this workflow that are under way; the first one sets up what they hear. */
function questionsUnderWay(): Set<ProvidersNow> {
  let root = CancellationScope.current();
  while (root.parent) root = root.parent;
  const known = underWay.get(root);
  if (known) return known;
  const asking = new Set<ProvidersNow>();
  underWay.set(root, asking);
  setHandler(askingQuery, () => [...asking].flatMap((providers) => providers.waitingFor()));
  setHandler(retryNowAllSignal, () => {
    for (const providers of asking) providers.retryNow();
  });
  setHandler(reopenedSignal, (unit) => {
    const named = textIn(unit, MAX_UNIT_CHARS);
    if (named !== undefined) for (const providers of asking) providers.reopened(named);
  });
  return asking;
}
