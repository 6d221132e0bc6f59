import { proxyActivities, proxyLocalActivities, upsertSearchAttributes } from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import type * as activities from './bare-activities.js';

const { summarize, sentiment } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

/** What anybody would write first: two activities, one after the other. */
export async function bare(call: activities.BareCall): Promise<unknown> {
  const summary = await summarize(call);
  return { summary, sentiment: await sentiment({ ...call, text: summary }) };
}

const { plan } = proxyLocalActivities<typeof activities>({ startToCloseTimeout: '10s' });

/** The same with what no run of ours can be without: a plan by a local activity, and what lists of runs are filtered by. */
export async function bareAlike(call: activities.BareCall): Promise<unknown> {
  await plan();
  const result = await bare(call);
  upsertSearchAttributes([
    { key: defineSearchAttributeKey('UnderstudyAnsweredBy', 'KEYWORD_LIST'), value: ['openai', 'huggingface'] },
    { key: defineSearchAttributeKey('UnderstudyFailedOver', 'BOOL'), value: false },
    { key: defineSearchAttributeKey('UnderstudyDegraded', 'BOOL'), value: false },
    { key: defineSearchAttributeKey('UnderstudySentiment', 'KEYWORD'), value: 'POSITIVE' },
  ]);
  return result;
}

/** Half of it: the difference is the cost of one hop. */
export async function bareHop(call: activities.BareCall): Promise<unknown> {
  return summarize(call);
}
