import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { execution } from '../../activities/executions.js';
import { outageStateOf } from '../../activities/outage/outage-handle.js';
import { outageIdOf } from '../../domain/failover/out-of-use.js';
import { outageStoryIn, type OutageStory } from '../../domain/outage/outage-report-memo.js';
import { dueAtMs, type OutageState } from '../../domain/outage/outage.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import type { Cell } from '../terminal/cell.js';
import { UsageError } from '../terminal/errors.js';
import { facts } from '../terminal/facts.js';
import { printed, printJson } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';

/** The whole story of an outage, the latest of its unit. @param id a unit, or the workflow's id @returns the exit code */
export async function showOutage(id: string, { json }: { json: boolean }): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const unit = id.replace(/^outage\//, '');
  const state = await outageStateOf(client, unit);
  const story = state ? undefined : await storyOf(client, unit);
  if (json) printJson(state ? { unit, ...state } : story);
  else printed(facts(state ? openFacts(unit, state) : storyFacts(story), screenOf(process.stdout)));
  return 0;
}

async function storyOf(client: Client, unit: string): Promise<OutageStory> {
  const { memo } = await execution(client, outageIdOf(unit)).catch((error: unknown) => {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
    throw new UsageError(`no outage of ${unit} is known; see: npx understudy outage list --since 7d`);
  });
  const story = outageStoryIn(memo.report);
  if (story) return story;
  throw new UsageError(`the outage of ${unit} left no report: it was ended from outside`);
}

type Facts = [string, Cell][];

function openFacts(unit: string, state: OutageState): Facts {
  const dueMs = dueAtMs(state);
  return [
    ['Outage', `${unit}: ${state.phase}`],
    ['Cause', `${state.cause}: ${state.message}`],
    ['Since', { atMs: state.sinceMs }],
    ['Next step', dueMs === undefined ? 'when an operator enables it' : { atMs: dueMs }],
  ];
}

function storyFacts(story: OutageStory | undefined): Facts {
  if (!story) return [];
  return [
    ['Outage', `${story.unit}: over`],
    ['Cause', `${story.cause}: ${story.message}`],
    ['Seen first by', story.seenBy],
    ['Since', { atMs: Date.parse(story.since) }],
    ['Lasted', { tookMs: story.lastedMs }],
    ['Probes', story.probesMade],
    ['Cost of probes', { usd: story.probesCostUsd }],
    ['Calls saved', story.callsSaved],
    ['Runs that waited', story.runsThatWaited],
    ...story.probes.map(({ at, answer }): [string, Cell] => [`Probe at ${at}`, answer]),
  ];
}
