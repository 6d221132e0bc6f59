import { proxyActivities } from '@temporalio/workflow';
import type * as activities from './bare-activities.js';

const { summarize, sentiment } = proxyActivities<typeof activities>({ startToCloseTimeout: '1 minute' });

/** What anybody would write first: two activities, one after the other. */
export async function bare(call: activities.BareCall): Promise<unknown> {
  const summary = await summarize(call);
  return { summary, sentiment: await sentiment({ ...call, text: summary }) };
}

/** Half of it: the difference is the cost of one hop. */
export async function bareHop(call: activities.BareCall): Promise<unknown> {
  return summarize(call);
}
