import { makeContinueAsNewFunc, proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { RecurringActivities } from '../../activities/schedule/recurring-activities.js';
import { ANALYZE_TASKS } from '../../domain/analyze/analysis.js';
import {
  carriedRecurring,
  keysOf,
  RECURRING_TASK_QUEUE,
  recurringInput,
  recurringReport,
  type CarriedRecurring,
  type Progress,
  type RecurringInput,
  type RecurringReport,
} from '../../domain/schedule/recurring.js';
import { analyzeItems } from './analyze-items.js';
import { parsedCarried, parsedInput } from '../input/parsed-input.js';
import { deliver } from './deliver.js';
import { isVersionSuperseded, TO_CURRENT_VERSION } from '../failover/move-on.js';
import { PlanOfMany } from '../failover/plan-of-many.js';
import { announceEnd } from '../notices/announce-many.js';

const { readSource } = proxyActivities<RecurringActivities>({
  taskQueue: RECURRING_TASK_QUEUE,
  startToCloseTimeout: '2m', // the adapters give up earlier and say why
  heartbeatTimeout: '8s',
  // A source that cannot be reached for this long fails the run; the next one begins where this one began.
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '2s', maximumInterval: '1m' },
});

/**
 * One run of a schedule: reads its source, analyzes what no run before has seen, and delivers the results. Its result is
 * where the next run begins (Temporal's last completion result), so nothing counts as seen before it is delivered; what
 * a failed run did is found again by the ids of its analyses and of its results.
 * @throws ApplicationFailure whose type says why the source or the sink cannot be used
 */
export async function recurring(given: RecurringInput, handedOn?: CarriedRecurring): Promise<RecurringReport> {
  const input = parsedRecurring(given);
  const carried = parsedCarried(carriedRecurring, handedOn);
  const plan = new PlanOfMany(ANALYZE_TASKS);
  if (input.maxCostUsd !== undefined) await plan.pricedCandidates();
  const begun = carried ?? { report: startingReport(progressBefore()), mostSpentUsd: 0 };
  try {
    const report = await takeNew(input, plan, begun);
    if (report.taken > 0) await announceEnd('schedule', plan, toldOf(report));
    return report;
  } catch (error) {
    await announceEnd('schedule', plan, toldOf(begun.report), error);
    throw error;
  }
}

function toldOf({ taken, failed, costUsd }: RecurringReport) {
  return { done: taken, failed, costUsd };
}

/** Reads, analyzes and delivers until nothing is left for this run. */
async function takeNew(
  input: ReturnType<typeof parsedRecurring>,
  plan: PlanOfMany,
  begun: CarriedRecurring,
): Promise<RecurringReport> {
  let { report, mostSpentUsd } = begun;
  const { source, sink, maxItems = Infinity } = input;
  for (;;) {
    const except = sink.kind === 'file' ? { except: sink.path } : {};
    const limit = Math.min(MOST_ITEMS_A_READING, maxItems - report.taken);
    setCurrentDetails(`reading; ${report.taken} done so far`);
    const { items, left, progress } = await readSource({ source, progress: report.progress, limit, ...except });
    setCurrentDetails(`analyzing ${items.length}, ${left} after that; ${report.taken} done so far`);
    const analyzed = await analyzeItems(input, items, { costUsd: report.costUsd, mostSpentUsd, plan });
    const { deliveries, postponed, costUsd } = analyzed;
    const later = new Set(postponed.flatMap(keysOf));
    mostSpentUsd = analyzed.mostSpentUsd;
    setCurrentDetails(`delivering ${deliveries.length}; ${report.taken} done before`);
    const refused = await deliver(sink, deliveries);

    report = {
      taken: report.taken + deliveries.length,
      failed: report.failed + deliveries.filter((each) => 'error' in each).length,
      refused: report.refused + refused,
      left: left + postponed.length,
      costUsd,
      progress: postponed.length === 0 ? progress : { seen: progress.seen.filter((key) => !later.has(key)) },
    };
    if (left === 0 || postponed.length > 0 || report.taken >= maxItems) return report;
    if (workflowInfo().continueAsNewSuggested || isVersionSuperseded()) {
      await makeContinueAsNewFunc<typeof recurring>(TO_CURRENT_VERSION)(input, { report, mostSpentUsd });
    }
  }
}

function parsedRecurring(given: RecurringInput) {
  return parsedInput(recurringInput, given);
}

/** Items of one reading, so that their results fit one message too. */
const MOST_ITEMS_A_READING = 500;

/** Of the last run that was completed; whoever starts a run may claim to know one, so it is parsed too. */
function progressBefore(): Progress {
  const { lastResult } = workflowInfo();
  return lastResult === undefined || lastResult === null
    ? { seen: [] }
    : parsedInput(recurringReport, lastResult).progress;
}

function startingReport(progress: Progress): RecurringReport {
  return { taken: 0, failed: 0, refused: 0, left: 0, costUsd: 0, progress };
}
