import pLimit from 'p-limit';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { executions, type Execution } from '../../activities/executions.js';
import type { AnalysisStatus } from '../../domain/analyze/analysis.js';
import { textFailureIn } from '../../domain/failover/text-failure.js';
import { isObject, numberIn } from '../../domain/parsed.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { statusOf } from '../terminal/follow.js';
import { plainly } from '../terminal/outage-words.js';
import { printed, printJson, say } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';
import { table, type Column } from '../terminal/table.js';
import { answeredBy, attemptsIn, failuresIn, isFailedOver } from './run-facts.js';
import { RUN_TYPES, stateOf } from './run-handle.js';

export interface ListOptions {
  failedOver: boolean;
  failed: boolean;
  waiting: boolean;
  running: boolean;
  /** Milliseconds. */
  since?: number;
  limit: number;
  json: boolean;
}

/** A run as a list tells it. */
interface ListedRun {
  workflowId: string;
  runId: string;
  state: string;
  startedAtMs: number;
  tookMs: number | undefined;
  answeredBy: string[];
  failedOver: boolean;
  failures: string[];
  waitingFor: string[];
  costUsd: number | null;
}

/** Results are read one by one where the server cannot tell by itself: at most so many. */
const MAX_READ = 1_000;
const READ_AT_ONCE = 10;
const FAILED_OVER = 'UnderstudyFailedOver';
const COLUMNS: readonly Column[] = [
  ...[{ title: 'run' }, { title: 'state' }, { title: 'started', spare: 1 }],
  ...[
    { title: 'took', align: 'right' as const, spare: 3 },
    { title: 'answered by', wraps: true, spare: 0 },
  ],
  ...[
    { title: 'trouble', wraps: true },
    { title: 'cost', align: 'right' as const, spare: 2 },
  ],
];

/** The latest runs first. @returns the exit code */
export async function listRuns(options: ListOptions): Promise<number> {
  const target = targetFromEnvironment();
  const client = await connectClient(target);
  const known = options.failedOver && (await knowsFailedOver(client, target.namespace));
  const limit = pLimit(READ_AT_ONCE);
  const runs: ListedRun[] = [];
  let read = 0;
  let page: Promise<ListedRun | undefined>[] = [];
  const settle = async () => {
    for (const run of await Promise.all(page)) if (run && isWanted(run, options)) runs.push(run);
    page = [];
  };
  for await (const info of executions(client, queryOf(options, known))) {
    if (info.status.name === 'CONTINUED_AS_NEW') continue; // its next one is listed
    if (read === MAX_READ || runs.length >= options.limit) break;
    read += 1;
    page.push(limit(() => listed(client, info)));
    if (page.length === READ_AT_ONCE) await settle();
  }
  await settle();
  const shown = runs.slice(0, options.limit);
  if (options.json)
    printJson(shown.map(({ startedAtMs, ...run }) => ({ ...run, startedAt: new Date(startedAtMs).toISOString() })));
  else if (shown.length > 0) printed(table(COLUMNS, shown.map(rowOf), screenOf(process.stdout)));
  if (shown.length === 0) say(`no such run${read > 0 ? ` among the latest ${read}` : ''}`);
  else if (read === MAX_READ) say(`looked at the latest ${MAX_READ} runs; --since narrows it down`);
  return 0;
}

function queryOf({ failed, waiting, running, failedOver, since }: ListOptions, known: boolean): string {
  const types = RUN_TYPES.map((type) => `'${type}'`).join(', ');
  const wants = [`WorkflowType IN (${types})`];
  if (failed) wants.push(`ExecutionStatus IN ('Failed', 'TimedOut', 'Canceled', 'Terminated')`);
  if (waiting || running) wants.push(`ExecutionStatus = 'Running'`);
  if (failedOver) wants.push(known ? `${FAILED_OVER} = true` : `ExecutionStatus = 'Completed'`);
  if (since !== undefined) wants.push(`StartTime > '${new Date(Date.now() - since).toISOString()}'`);
  return wants.join(' AND ');
}

/** What the query could not say. */
function isWanted(run: ListedRun, { failedOver, waiting }: ListOptions): boolean {
  return (!failedOver || run.failedOver) && (!waiting || run.waitingFor.length > 0);
}

/** Whether the server has the search attribute that says it. */
async function knowsFailedOver(client: Client, namespace: string): Promise<boolean> {
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace });
    return Object.hasOwn(customAttributes, FAILED_OVER);
  } catch {
    return false; // not everybody may ask; then results are read
  }
}

async function listed(client: Client, info: Execution): Promise<ListedRun | undefined> {
  const { workflowId, runId, status, startTime, closeTime } = info;
  const told = await outcomeOf(client, info);
  const attempts = attemptsIn(told);
  return {
    ...{ workflowId, runId, state: stateOf(status.name), startedAtMs: startTime.getTime() },
    tookMs: closeTime === undefined ? undefined : closeTime.getTime() - startTime.getTime(),
    answeredBy: answeredBy(attempts),
    failedOver: isFailedOver(attempts),
    failures: failuresIn(attempts),
    waitingFor: waitingIn(told),
    costUsd: (isObject(told) ? numberIn(told.costUsd, 0, Number.MAX_SAFE_INTEGER) : undefined) ?? null,
  };
}

/** Its result, its status while it is under way, or the failure that ended it; whatever has a trail. */
async function outcomeOf(client: Client, { workflowId, runId, status }: Execution): Promise<unknown> {
  const handle = client.workflow.getHandle(workflowId, runId);
  if (status.name === 'RUNNING') return statusOf<AnalysisStatus>(handle);
  try {
    return await handle.result();
  } catch (error) {
    if (error instanceof WorkflowFailedError) return textFailureIn(error.cause, error.message);
    throw error;
  }
}

function waitingIn(told: unknown): string[] {
  const waiting: unknown[] = isObject(told) && Array.isArray(told.waitingFor) ? told.waitingFor : [];
  return waiting.flatMap((each) => {
    if (!isObject(each) || typeof each.provider !== 'string') return [];
    return [`${each.provider}: ${plainly(typeof each.why === 'string' ? each.why : '')}`];
  });
}

function rowOf(run: ListedRun) {
  const trouble = run.waitingFor.length > 0 ? `waits for ${run.waitingFor.join(', ')}` : run.failures.join(', ');
  return [
    ...[run.workflowId, run.waitingFor.length > 0 ? 'waiting' : run.state, { atMs: run.startedAtMs }],
    run.tookMs === undefined ? undefined : { tookMs: run.tookMs },
    ...[run.answeredBy.join(', ') || undefined, trouble || undefined, { usd: run.costUsd }],
  ];
}
