import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { execution } from '../../activities/executions.js';
import { textFailureIn } from '../../domain/failover/text-failure.js';
import { connectClient, targetFromEnvironment, webUiUrl } from '../../temporal/connection.js';
import { quoted } from '../terminal/quoted.js';
import { UsageError } from '../terminal/errors.js';
import { endOf } from '../terminal/follow.js';
import { INTERRUPTED, interruption } from '../terminal/interrupt.js';
import { print, printJson, say } from '../terminal/say.js';

interface StartOptions {
  id?: string;
  taskQueue: string;
  wait: boolean;
}

/** Starts or joins a run of somebody's own workflow and waits for it. @returns the exit code */
export async function startWorkflow(type: string, json: string | undefined, options: StartOptions): Promise<number> {
  const args = json === undefined ? [] : [inputIn(json)];
  const target = targetFromEnvironment();
  const client = await connectClient(target);
  const workflowId = options.id ?? `${type}-${randomUUID()}`;
  const handle = await startOrJoin(client, type, workflowId, args, options.taskQueue);
  if (!options.wait) {
    print(workflowId);
    return 0;
  }
  const following = new AbortController();
  const end = await Promise.race([
    endOf(handle, following.signal),
    interruption().then(() => undefined),
    tellWaiting(handle, following.signal),
  ]).finally(() => {
    following.abort();
  });
  if (!end) {
    say(`interrupted; the run goes on. Come back with: npx understudy start ${type} --id ${quoted(workflowId)}`);
    return INTERRUPTED;
  }
  const { runId } = await handle.describe();
  const url = webUiUrl(target, workflowId, runId);
  if ('result' in end) printJson(end.result ?? null);
  else {
    const { type: kind, message } = textFailureIn(end.error.cause, end.error.message);
    say(`${type} failed: ${kind}: ${message}`);
  }
  if (url !== undefined) say(`Web UI: ${url}`);
  return 'result' in end ? 0 : 1;
}

/** @throws UsageError */
function inputIn(json: string): unknown {
  try {
    return JSON.parse(json) as unknown;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`the input is no JSON (a text wants quotes of its own: '"like this"'): ${why}`);
  }
}

async function startOrJoin(client: Client, type: string, workflowId: string, args: unknown[], taskQueue: string) {
  try {
    return await client.workflow.start(type, {
      taskQueue,
      workflowId,
      args,
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    const handle = client.workflow.getHandle(workflowId);
    const { type: known } = await execution(client, workflowId);
    if (known !== type) throw new UsageError(`${workflowId} is a run of ${known}, not of ${type}`);
    say(`${workflowId} exists already; joining it`);
    return handle;
  }
}

const LOOK_EVERY_MS = 2_000;

/** Says once for whom the questions of a run wait; most workflows have none that do. */
async function tellWaiting(handle: WorkflowHandle, signal: AbortSignal): Promise<undefined> {
  const said = new Set<string>();
  for (;;) {
    await delay(LOOK_EVERY_MS, undefined, { ref: false });
    if (signal.aborted) return;
    const waiting = await handle.query<{ provider: string; why: string }[]>('understudy.waitingFor').catch(() => []); // it asked nobody yet, or no worker answers
    const line = [...new Set(waiting.map(({ provider, why }) => `${provider}: ${why}`))].join('; ');
    if (line !== '' && !said.has(line)) say(`waiting: ${line}`);
    said.add(line);
  }
}
