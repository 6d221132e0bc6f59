import { makeContinueAsNewFunc, proxyActivities, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import type { RecurringActivities } from '../../activities/schedule/recurring-activities.js';
import { ANALYZE_TASKS } from '../../domain/analyze/analysis.js';
import type { News, Troubled } from '../../domain/schedule/memory.js';
import { putOffAfter } from '../../domain/schedule/put-off.js';
import { keysOf, type Progress, type Reading, type ReadRequest } from '../../domain/schedule/reading.js';
import { RECURRING_TASK_QUEUE, recurringInput, type RecurringInput } from '../../domain/schedule/recurring.js';
import {
  carriedRecurring,
  recurringReport,
  type CarriedRecurring,
  type RecurringReport,
} from '../../domain/schedule/report.js';
import { oneLine } from '../../domain/text.js';
import { parsedCarried, parsedInput } from '../input/parsed-input.js';
import { isVersionSuperseded, TO_CURRENT_VERSION } from '../failover/move-on.js';
import { PlanOfMany } from '../failover/plan-of-many.js';
import { announceEnd } from '../notices/announce-many.js';
import { deliver, type Delivered } from './deliver.js';
import { ScheduleFiles } from './files.js';
import { remember } from './remember.js';
import { takeItems } from './take-items.js';

const { readSource } = proxyActivities<RecurringActivities>({
  taskQueue: RECURRING_TASK_QUEUE,
  startToCloseTimeout: '2m', // the adapters give up earlier and say why
  heartbeatTimeout: '8s',
  // A source that cannot be reached for this long fails the run; the next one begins where this one began.
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '2s', maximumInterval: '1m' },
});

/**
 * One run of a schedule: reads its source, asks about what no run before has seen, and delivers the results. Nothing counts
 * as seen before it is delivered: then the memory of the schedule is told. Its result is what the next run may spare itself
 * (Temporal's last completion result); what a failed run did is found again by the ids of its runs and of its results.
 * @throws ApplicationFailure whose type says why the source or the sink cannot be used
 */
export async function recurring(given: RecurringInput, handedOn?: CarriedRecurring): Promise<RecurringReport> {
  const input = parsedInput(recurringInput, given);
  const carried = parsedCarried(carriedRecurring, handedOn);
  const plan = new PlanOfMany(input.tasks ?? ANALYZE_TASKS);
  if (input.maxCostUsd !== undefined) await plan.pricedCandidates();
  const progress = carried ?? { report: startingReport(progressBefore(input)), mostSpentUsd: 0 };
  try {
    const report = await takeNew(input, plan, progress);
    if (report.taken > 0) await announceEnd('schedule', plan, toldOf(report));
    return report;
  } catch (error) {
    await announceEnd('schedule', plan, toldOf(progress.report), error);
    throw error;
  }
}

function toldOf({ taken, failed, costUsd }: RecurringReport) {
  return { done: taken, failed, costUsd };
}

/** Reads, asks and delivers until nothing is left for this run. */
async function takeNew(input: RecurringInput, plan: PlanOfMany, progress: CarriedRecurring): Promise<RecurringReport> {
  const { schedule, sink, revision, maxItems = Infinity } = input;
  let { report, mostSpentUsd } = progress;
  const { seen, files: haveThem } = report.progress;
  if (seen) await remember(schedule, { seen });
  const files = new ScheduleFiles(input, haveThem);
  for (;;) {
    const limit = Math.min(MAX_ITEMS_A_READING, maxItems - report.taken);
    setCurrentDetails(`reading; ${report.taken} done so far`);
    const { items, left, forget, known } = await read(input, report.progress, limit, files);
    setCurrentDetails(`asking about ${items.length}, ${left} after that; ${report.taken} done so far`);
    const { costUsd } = report;
    const { putOffKeys = [] } = report.progress;
    const outcome = await takeItems(input, items, { costUsd, mostSpentUsd, plan, putOffKeys });
    const { taken, postponed, putOff } = outcome;
    mostSpentUsd = outcome.mostSpentUsd;
    setCurrentDetails(`delivering ${taken.length}; ${report.taken} done before`);
    const delivered = await deliver(sink, taken, { files, doubted: report.progress.doubted ?? false });
    const news = newsOf(delivered, forget);
    if (news) await remember(schedule, news);
    if (delivered.failure) throw delivered.failure;

    report = {
      taken: report.taken + taken.length,
      failed: report.failed + taken.filter(({ delivery }) => 'error' in delivery).length,
      refused: report.refused + delivered.refused.length,
      left: left + postponed.length,
      ...(putOff && { putOff: { type: putOff.type, message: putOff.message } }),
      costUsd: outcome.costUsd,
      progress: {
        ...(postponed.length === 0 && known), // what was postponed is read again
        ...putOffAfter(
          putOffKeys,
          taken.map(({ item }) => item.key),
          putOff?.keys ?? [],
        ),
        ...(revision !== undefined && { revision }),
        ...(files.host && { files: files.host }),
        ...(delivered.doubted && { doubted: true }),
      },
    };
    progress.report = report; // where a later reading fails, the notice tells of this one
    if (left === 0 || postponed.length > 0 || report.taken >= maxItems) return report;
    if (workflowInfo().continueAsNewSuggested || isVersionSuperseded()) {
      await makeContinueAsNewFunc<typeof recurring>(TO_CURRENT_VERSION)(input, { report, mostSpentUsd });
    }
  }
}

async function read(input: RecurringInput, before: Progress, limit: number, files: ScheduleFiles): Promise<Reading> {
  const { schedule, source, sink } = input;
  const { digest, url, etag, lastModified, bodyDigest, putOffKeys } = before;
  const known: ReadRequest['known'] = {
    ...(digest !== undefined && { digest }),
    ...(url !== undefined && { url }),
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
    ...(bodyDigest !== undefined && { bodyDigest }),
    ...(putOffKeys && { putOffKeys }),
  };
  const request = { schedule, source, known, limit, ...(sink.kind === 'file' && { except: sink.path }) };
  if (source.kind !== 'file') return readSource(request);
  return files.work((there) => there.readSource(request));
}

/** @returns undefined when there is nothing to remember */
function newsOf({ accepted, refused }: Delivered, forget: string[]): News | undefined {
  const seen = [...accepted, ...refused].flatMap(({ item }) => keysOf(item));
  if (seen.length + forget.length === 0) return undefined;
  const troubled = [
    ...accepted.flatMap(({ item, delivery }): Troubled[] =>
      'error' in delivery ? [{ ...namesOf(item, delivery), what: 'failed', error: shortened(delivery.error) }] : [],
    ),
    ...refused.map(({ item, delivery, message }): Troubled => ({
      ...namesOf(item, delivery),
      what: 'refused',
      error: shortened({ type: 'ResultRefused', message }),
    })),
  ];
  return { seen, ...(forget.length > 0 && { forget }), ...(troubled.length > 0 && { troubled }) };
}

function namesOf(
  { key, alias }: Delivered['accepted'][number]['item'],
  { id, title, url, path }: { id: string } & Names,
) {
  return { key, ...(alias !== undefined && { alias }), name: oneLine(title ?? path ?? url ?? id, MAX_NAME_CHARS) };
}

interface Names {
  title?: string;
  url?: string;
  path?: string;
}

function shortened({ type, message }: { type: string; message: string }) {
  return { type, message: oneLine(message, MAX_NAME_CHARS) };
}

const MAX_NAME_CHARS = 200;

/** Items of one reading, so that their results fit one message too. */
const MAX_ITEMS_A_READING = 500;

/** Of the last run that was completed; whoever starts a run may claim to know one, so it is parsed too. */
function progressBefore({ revision }: RecurringInput): Progress {
  const { lastResult } = workflowInfo();
  if (lastResult === undefined || lastResult === null) return {};
  const { progress } = parsedInput(recurringReport, lastResult);
  const { seen } = progress;
  return progress.revision === revision ? progress : { ...(seen && { seen }) };
}

function startingReport(progress: Progress): RecurringReport {
  return { taken: 0, failed: 0, refused: 0, left: 0, costUsd: 0, progress };
}
