import type { AnalyzeInput } from '../../domain/analyze/analysis.js';
import type { Candidate, OnRefusal, Plan } from '../../domain/failover/plan.js';
import { TASKS, type Task } from '../../domain/task.js';
import type { Provider } from '../../providers/provider.js';
import { invalidInput } from '../input/invalid-input.js';
import type { OutageBoard } from '../outage/outage-board.js';

/** A configured provider as this worker sees it. */
export interface Roster {
  routes: Record<Task, { providers: string[]; onRefusal: OnRefusal }>;
  /** By name. `candidate` without what depends on the task. */
  providers: ReadonlyMap<string, RosterEntry>;
}

export interface RosterEntry {
  candidate: Omit<Candidate, 'model' | 'maxOutputTokens' | 'closure'>;
  provider: Pick<Provider, 'models' | 'maxOutputTokens'>;
  /** The variable that holds no key on this worker; absent when the provider can be asked. */
  missingKey?: string;
}

export interface PlanActivities {
  planRoute(routes: AnalyzeInput['routes']): Promise<Plan>;
}

/** Decides once a run whom to ask, in which order; a local activity, so it costs no trip to the server. */
export function planActivities({ routes: configured, providers }: Roster, outages: OutageBoard): PlanActivities {
  const anyKey = [...providers.values()].some(
    ({ candidate, missingKey }) => !candidate.local && missingKey === undefined,
  );

  function entryOf(provider: string): RosterEntry {
    const entry = providers.get(provider);
    if (entry) return entry;
    const known = [...providers.keys()].join(', ');
    throw invalidInput(`no provider ${provider} is configured, only ${known}`);
  }

  async function toCandidate({ candidate, provider }: RosterEntry, task: Task): Promise<Candidate> {
    const closure = await outages.closureOf(candidate.provider);
    const ofTask = { model: provider.models[task], maxOutputTokens: provider.maxOutputTokens[task] };
    return { ...candidate, ...ofTask, ...(closure && { closure }) };
  }

  return {
    async planRoute(asked) {
      const plan: Plan = {
        routes: {
          summarize: { candidates: [], onRefusal: configured.summarize.onRefusal },
          sentiment: { candidates: [], onRefusal: configured.sentiment.onRefusal },
        },
        skipped: [],
      };
      for (const task of TASKS) {
        const entries = (asked?.[task] ?? configured[task].providers).map(entryOf);
        for (const { missingKey, candidate, provider } of entries) {
          if (missingKey === undefined) continue;
          const message = `no API key (set ${missingKey})`;
          plan.skipped.push({
            task,
            provider: candidate.provider,
            model: provider.models[task],
            failure: 'Auth',
            message,
          });
        }
        const able = entries.filter(({ missingKey }) => missingKey === undefined);
        if (able.length === 0 && !anyKey) able.push(entryOf('local'));
        plan.routes[task].candidates = await Promise.all(able.map((entry) => toCandidate(entry, task)));
      }
      return plan;
    },
  };
}
