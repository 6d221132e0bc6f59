import type { Client } from '@temporalio/client';
import { DEFAULT_DEADLINE_MS } from '../../domain/failover/run-input.js';
import { isObject, numberIn } from '../../domain/parsed.js';
import { valueIn } from '../../temporal/codec/data-converter.js';

/** What a run was asked, as far as it matters to who joins it. */
export interface RunInput {
  text: string;
  /** Of a run of `ask`. */
  task?: string;
  /** Epoch milliseconds; undefined: it waits for as long as it takes. */
  deadlineAtMs: number | undefined;
}

const MAX_DEADLINE_MS = 100 * 365 * 86_400_000;

/** @returns undefined where the server does not keep it, or it is none of ours */
export async function inputOf(client: Client, workflowId: string): Promise<RunInput | undefined> {
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const [first] = history?.events ?? [];
  const payload = first?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
  if (!payload) return undefined;
  const input = await valueIn(client.options.loadedDataConverter, payload);
  if (!isObject(input) || input.text === undefined) return undefined;
  const isOneOfMany = input.plan !== undefined;
  const afterMs = numberIn(input.deadlineMs, 0, MAX_DEADLINE_MS) ?? (isOneOfMany ? undefined : DEFAULT_DEADLINE_MS);
  const startedAtMs = Number(first.eventTime?.seconds ?? 0) * 1_000;
  const text = typeof input.text === 'string' ? input.text : JSON.stringify(input.text);
  const task = typeof input.task === 'string' ? { task: input.task } : {};
  return { text, ...task, deadlineAtMs: afterMs === undefined ? undefined : startedAtMs + afterMs };
}
