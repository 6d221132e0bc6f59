import { setCurrentDetails, setHandler, workflowInfo } from '@temporalio/workflow';
import { folded, totalCostUsd, type Attempt } from '../../domain/attempt.js';
import { routeOf, type Plan } from '../../domain/failover/plan.js';
import { DEFAULT_DEADLINE_MS, type RunInput, type RunResult } from '../../domain/failover/run-input.js';
import type { RunStatus } from '../../domain/failover/run-status.js';
import { textIn } from '../../domain/parsed.js';
import type { Task } from '../../domain/task.js';
import { Budget } from '../budget/budget.js';
import { endOf, Telling } from '../telemetry/telling.js';
import { requirePrices } from '../input/checked-input.js';
import { Deadline } from './deadline.js';
import { firstAnswer } from './first-answer.js';
import { callTextOf, InParts, type Passage, type PartsState, type PutTogether } from './in-parts.js';
import { reopenedSignal, retryNowSignal, statusQuery } from './messages.js';
import { planRoute } from './planning.js';
import { ProvidersNow, type ProvidersNowState } from './providers-now.js';
import { HistoryIsLong, type Run } from './run.js';
import { Trail } from './trail.js';

/** Carried over when the history of a run that waits for long is cut. */
export interface CarriedRun {
  plan: Plan;
  deadlineAtMs?: number;
  attempts: Attempt[];
  providers: ProvidersNowState;
  atMostUsd: number | null;
  parts: Record<Task, PartsState>;
}

type Asked = Pick<RunInput, 'routes'> & {
  deadlineMs?: number | undefined;
  maxCostUsd?: number | undefined;
  plan?: Plan | undefined;
};

const MAX_UNIT_CHARS = 500;

/** Asks providers for the tasks of one run: with one plan, one map of who can be asked, one budget, one deadline, one trail. */
export class ProviderRun {
  private phase: RunStatus['phase'] = 'planning';
  private readonly inParts = new Map<Task, InParts>();

  private constructor(
    private readonly run: Run,
    private readonly plan: Plan,
    private readonly deadlineAtMs: number | undefined,
    private readonly earlier: CarriedRun | undefined,
  ) {}

  /**
   * Plans and begins.
   * @param host `own`: the workflow is ours, answers our queries and signals, and cuts its history; `guest`: it is
   * somebody else's, and tells of what it hears
   * @throws ApplicationFailure of type `InvalidInput`
   */
  static async begin(
    tasks: readonly Task[],
    asked: Asked,
    host: { own: true; carried: CarriedRun | undefined } | { own: false; listen: (providers: ProvidersNow) => void },
  ): Promise<ProviderRun> {
    const { startTime, continuedFromExecutionRunId } = workflowInfo();
    const earlier = host.own && continuedFromExecutionRunId !== undefined ? host.carried : undefined;
    const { deadlineMs, maxCostUsd } = asked;
    const isOneOfMany = asked.plan !== undefined;
    const afterMs = deadlineMs ?? (isOneOfMany ? undefined : DEFAULT_DEADLINE_MS);
    // A deadline that was asked for counts from the start; the default from when a worker first took the run.
    const fromMs = deadlineMs === undefined || !host.own ? Date.now() : startTime.getTime();
    const atMs = earlier ? earlier.deadlineAtMs : afterMs === undefined ? undefined : fromMs + afterMs;
    const budget = new Budget(maxCostUsd, earlier?.atMostUsd);
    const trail = new Trail(budget, host.own ? setCurrentDetails : () => undefined, earlier?.attempts);
    const providers = new ProvidersNow(earlier?.providers ?? { availability: {}, awaited: [] });
    const deadline = new Deadline(atMs, afterMs);
    const telling = new Telling(trail.attempts);
    const run: Run = { trail, providers, budget, isOneOfMany, deadline, cutsHistory: host.own, telling };
    const started: { run?: ProviderRun } = {};
    if (host.own) answerMessages(run, () => started.run?.phase ?? 'planning');
    else host.listen(providers);
    const plan = earlier?.plan ?? asked.plan ?? (await planRoute({ tasks, routes: asked.routes }));
    run.telling.planned(plan, host.own ? 'own' : 'guest');
    if (maxCostUsd !== undefined) requirePrices(tasks.flatMap((task) => routeOf(plan, task).candidates));
    if (!earlier) {
      providers.planned(plan.availability);
      trail.skip(plan.skipped);
    }
    started.run = new ProviderRun(run, plan, atMs, earlier);
    return started.run;
  }

  /**
   * The first answer to a task.
   * @param putTogether for a text that is answered by way of its parts, where the task allows it
   * @throws as {@link firstAnswer} does
   */
  async answer<T>(task: Task, passage: Passage, putTogether: PutTogether): Promise<T> {
    this.phase = task;
    try {
      const value = await this.answered<T>(task, passage, putTogether);
      this.run.telling.answered(task, value);
      return value;
    } catch (error) {
      if (!(error instanceof HistoryIsLong)) this.run.telling.ends(endOf(error, this.run));
      throw error;
    }
  }

  private answered<T>(task: Task, passage: Passage, putTogether: PutTogether): Promise<T> {
    const route = routeOf(this.plan, task);
    if (route.split !== true) {
      return firstAnswer<T>(this.run, { ...route, task, text: passage.text, callText: callTextOf(passage) });
    }
    const parts = new InParts(this.run, task, route, putTogether, this.earlier?.parts[task]);
    this.inParts.set(task, parts);
    return parts.answer(passage) as Promise<T>; // only text is put together
  }

  /** What the run did and cost; it asks nobody any more. */
  result(): RunResult {
    this.phase = 'done';
    const { workflowId, runId } = workflowInfo();
    const { attempts } = this.run.trail;
    const routes = Object.values(this.plan.routes);
    this.run.telling.ends(endOf(undefined, this.run));
    const local = routes.flatMap(({ candidates }) => candidates.filter((each) => each.local));
    return {
      workflowId,
      runId,
      attempts,
      costUsd: totalCostUsd(attempts),
      atMostUsd: this.run.budget.atMostUsd,
      degraded: attempts.some(
        ({ outcome, provider }) => outcome === 'ok' && local.some((each) => each.provider === provider),
      ),
    };
  }

  carried(): CarriedRun {
    const { trail, providers, budget } = this.run;
    return {
      plan: this.plan,
      ...(this.deadlineAtMs !== undefined && { deadlineAtMs: this.deadlineAtMs }),
      attempts: folded(trail.attempts),
      providers: providers.state(),
      atMostUsd: budget.atMostUsd,
      parts: {
        ...this.earlier?.parts,
        ...Object.fromEntries([...this.inParts].map(([task, { state }]) => [task, state])),
      },
    };
  }
}

function answerMessages({ trail, providers }: Run, phase: () => RunStatus['phase']): void {
  setHandler(statusQuery, () => {
    const [asking] = trail.asked;
    const waitingFor = providers.waitingFor();
    const isWaiting = asking === undefined && waitingFor.length > 0;
    return {
      phase: phase(),
      attempts: trail.attempts,
      ...(asking !== undefined && { asking }),
      ...(isWaiting && { waitingFor }),
    };
  });
  setHandler(retryNowSignal, () => {
    providers.retryNow();
  });
  setHandler(reopenedSignal, (unit) => {
    const named = textIn(unit, MAX_UNIT_CHARS);
    if (named !== undefined) providers.reopened(named);
  });
}
