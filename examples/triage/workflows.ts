import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { ask } from 'temporal-understudy/workflow';

export const approveSignal = defineSignal<[approved: boolean]>('approve');

export interface Triaged {
  mood: string;
  topics: string[];
  /** Of the angry ones, once a person approved it. */
  reply?: string;
}

/** Sorts a ticket; who is angry gets a reply that a person has an hour to approve. */
export async function triage(ticket: string): Promise<Triaged> {
  let approved: boolean | undefined;
  setHandler(approveSignal, (yes) => {
    approved = yes;
  });
  const [mood, topics] = await Promise.all([ask('sentiment', ticket), ask<string[]>('topics', ticket)]);
  const triaged = { mood: mood.value.label, topics: topics.value };
  if (triaged.mood !== 'NEGATIVE') return triaged;
  const { value: reply } = await ask('reply', ticket, { deadline: '10m', maxCostUsd: 0.02 });
  await condition(() => approved !== undefined, '1 hour');
  return approved === true ? { ...triaged, reply } : triaged;
}
