import { WorkflowFailedError } from '@temporalio/client';
import { outagesUnderWay } from '../../activities/outage/outage-handle.js';
import type { AnalysisStatus } from '../../domain/analyze/analysis.js';
import { textFailureIn } from '../../domain/failover/text-failure.js';
import { isObject, numberIn } from '../../domain/parsed.js';
import { connectClient, targetFromEnvironment, webUiUrl } from '../../temporal/connection.js';
import { waitingWords } from '../analyze/progress.js';
import { facts } from '../terminal/facts.js';
import type { Cell } from '../terminal/cell.js';
import { statusOf } from '../terminal/follow.js';
import { plainly, withoutKinds } from '../terminal/outage-words.js';
import { printed, printJson, say } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';
import type { Mark } from '../terminal/style.js';
import { table, type Column } from '../terminal/table.js';
import { attemptsIn, type ToldAttempt } from './run-facts.js';
import { runOf, stateOf, type FoundRun } from './run-handle.js';

const COLUMNS: readonly Column[] = [
  ...[{}, { title: 'task' }, { title: 'provider' }, { title: 'model', spare: 3 }, { title: 'began', spare: 1 }],
  ...[
    { title: 'took', align: 'right' as const, spare: 0 },
    { title: 'cost', align: 'right' as const, spare: 2 },
    { title: 'what came of it', wraps: true },
  ],
];
const MARKS: Readonly<Record<string, Mark>> = { ok: 'well', failed: 'bad', skipped: 'none' };

/** All that is known of one run. @returns the exit code */
export async function showRun(id: string, { json }: { json: boolean }): Promise<number> {
  const target = targetFromEnvironment();
  const client = await connectClient(target);
  const found = await runOf(client, id);
  const { workflowId, runId, type, status, startTime, closeTime } = found.description;
  const told = await toldBy(found);
  if (json) {
    printJson({ workflowId, runId, type, state: stateOf(status.name), startedAt: startTime.toISOString(), ...told });
    return 0;
  }
  const screen = screenOf(process.stdout);
  const waiting = (told as Partial<AnalysisStatus>).waitingFor;
  const known: (readonly [string, Cell])[] = [
    ...([
      ['Run', workflowId],
      ['State', waiting ? 'waiting' : stateOf(status.name)],
      ['Started', { atMs: startTime.getTime() }],
    ] as const),
    ...(closeTime === undefined ? [] : [['Took', { tookMs: closeTime.getTime() - startTime.getTime() }] as const]),
    ...answerFacts(told),
  ];
  printed(facts(known, screen));
  const attempts = attemptsIn(told);
  if (attempts.length > 0) printed(['', ...table(COLUMNS, attempts.map(rowOf), screen)]);
  if (waiting) {
    say(waitingWords(waiting, await outagesUnderWay(client), screenOf(process.stderr)));
    say(`ask again at once: npx understudy runs retry-now ${workflowId}`);
  }
  const url = webUiUrl(target, workflowId, runId);
  if (url !== undefined) say(`Web UI: ${url}`);
  return 0;
}

/** Its result, its status, or why it failed. */
async function toldBy({ handle, description }: FoundRun): Promise<object> {
  if (description.status.name === 'RUNNING') return (await statusOf<AnalysisStatus>(handle)) ?? {};
  try {
    const result: unknown = await handle.result();
    return isObject(result) ? result : {};
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    const { type, message, attempts, atMostUsd } = textFailureIn(error.cause, error.message);
    return { error: { type, message }, attempts, atMostUsd };
  }
}

function answerFacts(told: object): (readonly [string, Cell])[] {
  if (!isObject(told)) return [];
  const { summary, sentiment, value, values, error, costUsd, atMostUsd } = told;
  const usd = (each: unknown) => ({ usd: numberIn(each, 0, Number.MAX_SAFE_INTEGER) ?? null });
  return [
    ...(typeof summary === 'string' ? [['Summary', summary] as const] : []),
    ...(isObject(sentiment)
      ? [['Sentiment', `${String(sentiment.label)} (${Number(sentiment.score).toFixed(2)})`] as const]
      : []),
    ...Object.entries(isObject(values) ? values : {}).map(([task, each]) => [task, answerText(each)] as const),
    ...(value === undefined ? [] : [['Answer', answerText(value)] as const]),
    ...(isObject(error) ? [['Failed', `${String(error.type)}: ${withoutKinds(String(error.message))}`] as const] : []),
    ...('costUsd' in told ? [['Cost', usd(costUsd)] as const] : []),
    ...('atMostUsd' in told && atMostUsd !== costUsd ? [['At most', usd(atMostUsd)] as const] : []),
  ];
}

/** Text as it is, anything else as JSON. */
function answerText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function rowOf({
  task,
  provider,
  model,
  outcome,
  failure,
  message,
  startedAtMs,
  latencyMs,
  costUsd,
  possiblyPaid,
}: ToldAttempt) {
  const words =
    outcome === 'ok'
      ? 'answered'
      : outcome === 'skipped'
        ? `not asked: ${plainly(message)}`
        : `${failure ?? 'failed'}: ${message}`;
  return [
    { mark: MARKS[outcome] ?? ('careful' as const) },
    ...[task, provider, model, startedAtMs === undefined ? undefined : { atMs: startedAtMs }],
    ...[outcome === 'skipped' || latencyMs === undefined ? undefined : { tookMs: latencyMs }],
    ...[costUsd === undefined ? undefined : { usd: costUsd }, possiblyPaid ? `${words} (possibly paid)` : words],
  ];
}
