import type { Client } from '@temporalio/client';
import { executions } from '../../activities/executions.js';
import { outageStoryIn, type OutageStory } from '../../domain/outage/outage-report-memo.js';

const MAX_LISTED = 1_000;

/** Outages that ended since then and closed somebody; the latest first. What only was suspected is none. */
export async function pastOutages(client: Client, sinceMs: number): Promise<OutageStory[]> {
  const since = new Date(sinceMs).toISOString();
  const query = `WorkflowType = 'outage' AND ExecutionStatus = 'Completed' AND CloseTime > '${since}'`;
  const found: OutageStory[] = [];
  for await (const { memo } of executions(client, query)) {
    const story = outageStoryIn(memo.report);
    if (story) found.push(story);
    if (found.length >= MAX_LISTED) break;
  }
  return found.sort((a, b) => b.since.localeCompare(a.since));
}
