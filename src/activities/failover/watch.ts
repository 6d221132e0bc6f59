import { POLICY, type Failure } from '../../domain/failure.js';
import { Evidence } from '../../domain/outage/evidence.js';
import type { OutageReport } from '../../domain/outage/outage-report.js';
import type { Task } from '../../domain/task.js';
import type { OutageBoard } from '../outage/outage-board.js';

/** Judges a provider by what comes of this worker's calls, and tells the fleet what it suspects. */
export interface Watch {
  /** A call begins. */
  begin(task: Task): WatchedCall;
  /** Tells that the provider does not take this worker's key. */
  reportKey(task: Task, failure: Failure, isLastToServe: boolean): void;
  /** Whether another worker serves the provider; `unknown` while it may just have started. */
  othersServe(): boolean | 'unknown';
  /** Whether another worker may know by now what this one begins to see. */
  isShaken(task: Task): boolean;
}

interface WatchedCall {
  answered(): void;
  failed(failure: Failure, of: 'call' | 'probe'): void;
  end(): void;
}

interface Watched {
  provider: string;
  models: Readonly<Record<Task, string>>;
  timeoutMs: number;
  requestsPerSecond: number | undefined;
  /** Identity of this worker. */
  worker: string;
  outages: OutageBoard;
  othersServe: () => boolean | 'unknown';
}

export function watchOf({
  provider,
  models,
  timeoutMs,
  requestsPerSecond,
  worker,
  outages,
  othersServe,
}: Watched): Watch {
  const evidences = new Map<string, Evidence>();
  const modelOf = (task: Task) => models[task] ?? provider;
  const evidenceOf = (task: Task): Evidence => {
    const evidence = evidences.get(modelOf(task)) ?? new Evidence();
    evidences.set(modelOf(task), evidence);
    return evidence;
  };

  function reportOf(
    task: Task,
    failure: Failure,
    more: Pick<OutageReport, 'isCertain' | 'isLastToServe'>,
  ): OutageReport {
    const probeMs = evidenceOf(task).probeMs(task, timeoutMs);
    const pace = requestsPerSecond === undefined ? {} : { requestsPerSecond };
    return { provider, model: modelOf(task), task, failure, timeoutMs, probeMs, worker, ...pace, ...more };
  }

  function suspect(task: Task, failure: Failure, suspicion: ReturnType<Evidence['suspicion']>): void {
    if (suspicion === 'none') return;
    outages.report(reportOf(task, failure, { isCertain: suspicion === 'certain', isLastToServe: false }));
  }

  return {
    othersServe,
    isShaken: (task) => othersServe() === true && evidenceOf(task).isShaken,
    reportKey(task, failure, isLastToServe) {
      outages.report(reportOf(task, failure, { isCertain: false, isLastToServe }));
    },
    begin(task) {
      const evidence = evidenceOf(task);
      const startedAtMs = Date.now();
      let isNoLongerLate: (() => void) | undefined;
      const lateMs = evidence.usualTimesThreeMs(task);
      const timer =
        lateMs !== undefined && lateMs < timeoutMs
          ? setTimeout(() => {
              isNoLongerLate = evidence.late();
              const failure = { kind: 'Timeout', message: `no answer for ${lateMs} ms, to several calls` } as const;
              const suspicion = evidence.suspicion(Date.now(), othersServe() === true);
              if (suspicion === 'certain') suspect(task, failure, suspicion);
            }, lateMs)
          : undefined;
      return {
        answered() {
          evidence.answered(task, Date.now() - startedAtMs, Date.now());
        },
        failed(failure, of) {
          const says = POLICY[failure.kind].outage;
          if (says === 'none' && POLICY[failure.kind].run !== 'again') evidence.isAlive(Date.now());
          if (of === 'probe') return; // its outage knows
          if (says === 'suspects') suspect(task, failure, evidence.failed(Date.now(), othersServe() === true));
          if (says === 'closes') outages.report(reportOf(task, failure, { isCertain: true, isLastToServe: false }));
        },
        end() {
          clearTimeout(timer);
          isNoLongerLate?.();
        },
      };
    },
  };
}
