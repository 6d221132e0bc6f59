import type { Client } from '@temporalio/client';
import type { Attempt } from '../../src/domain/attempt.js';
import type { LoggedRequest } from '../support/fake-providers.js';

/** What the vendors billed, beside what the trails of all runs say. */
export interface Account {
  runs: number;
  billed: number;
  told: number;
  /** Billed, not told as paid, but flagged as possibly paid. */
  flagged: number;
  /** What must not be: one line for each run. */
  wrong: string[];
}

/** Every text has a tag of its own, which its summary keeps. */
export const TAG = /(?:Run|Line) \d+ /;

/** Compares run by run: nothing is billed that its run does not tell or flag, and nothing told that was not billed. */
export async function account(client: Client, requests: readonly LoggedRequest[]): Promise<Account> {
  const billed = new Map<string, number>();
  for (const { billed: isBilled, text } of requests) {
    const [tag] = TAG.exec(text) ?? [];
    if (isBilled && tag !== undefined) billed.set(tag, (billed.get(tag) ?? 0) + 1);
  }
  const sums: Account = { runs: 0, billed: 0, told: 0, flagged: 0, wrong: [] };
  for await (const { workflowId, runId } of client.workflow.list({ query: 'WorkflowType = "analyze"' })) {
    const { summary, attempts } = (await client.workflow.getHandle(workflowId, runId).result()) as {
      summary: string;
      attempts: Attempt[];
    };
    const [tag = ''] = TAG.exec(summary) ?? [];
    const paid = billed.get(tag) ?? 0;
    billed.delete(tag);
    const told = attempts.filter(isPaid).length;
    const flagged = attempts.filter((each) => each.possiblyPaid === true && !isPaid(each)).length;
    if (paid > told + flagged) sums.wrong.push(`${workflowId}: billed ${paid}, told ${told}, flagged ${flagged}`);
    if (told > paid) sums.wrong.push(`${workflowId}: told ${told}, billed ${paid}`);
    sums.runs += 1;
    sums.billed += paid;
    sums.told += told;
    sums.flagged += paid - told;
  }
  for (const [tag, paid] of billed) sums.wrong.push(`${tag}: billed ${paid}, and no run tells of it`);
  return sums;
}

/** It was answered, or what came counts its tokens. */
const isPaid = ({ outcome, outputTokens }: Attempt) =>
  outcome === 'ok' || (outcome === 'failed' && outputTokens !== undefined);
