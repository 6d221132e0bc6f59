import { activityInfo } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { AnalyzeInput } from '../../domain/analyze/analysis.js';
import { invalidInput } from '../input/invalid-input.js';

/** The text of a call: the text itself, or where it stands in the input of the run that asks. */
export type CallText = { text: string } | { from: number; to: number };

/** Gives the text of a call. */
export type TextOf = (where: CallText) => Promise<string>;

/** Reads a payload as it stands in history. */
export type ValueOf = (payload: Payload) => Promise<unknown>;

const MAX_TEXTS_KEPT = 8;

/**
 * A long text stands once in history, in the input of its run; calls name a part of it. The input is fetched once a run
 * and worker, and kept for the next parts.
 */
export function runTexts(client: Client, valueOf: ValueOf): TextOf {
  const kept = new Map<string, Promise<string>>();

  async function fetchText(workflowId: string, runId: string): Promise<string> {
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const payload = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[0];
    if (!payload) throw invalidInput(`run ${runId} has no input`);
    return ((await valueOf(payload)) as AnalyzeInput).text;
  }

  return async (where) => {
    if ('text' in where) return where.text;
    const { workflowExecution } = activityInfo();
    if (!workflowExecution) throw invalidInput('only a run has an input');
    const { workflowId, runId } = workflowExecution;
    let text = kept.get(runId);
    if (!text) {
      text = fetchText(workflowId, runId);
      kept.set(runId, text);
      text.catch(() => kept.delete(runId));
      const [oldest] = kept.keys();
      if (kept.size > MAX_TEXTS_KEPT && oldest !== undefined) kept.delete(oldest);
    }
    return (await text).slice(where.from, where.to);
  };
}
