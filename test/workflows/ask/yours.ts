/** Workflows as somebody else would write them, with `ask` in their code. */
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import { ask, type AskOptions } from 'temporal-understudy/workflow';

export const approveSignal = defineSignal<[boolean]>('approve');

/** Mood, topics at the same time, and a reply for who is angry, once a person said yes. */
export async function triage(ticket: string): Promise<{ mood: string; topics: string[]; reply?: string }> {
  let approved: boolean | undefined;
  setHandler(approveSignal, (yes) => {
    approved = yes;
  });
  const [mood, topics] = await Promise.all([ask('sentiment', ticket), ask<string[]>('topics', ticket)]);
  const told = { mood: mood.value.label, topics: topics.value };
  if (told.mood !== 'NEGATIVE') return told;
  const { value: reply } = await ask('translate', ticket, { deadline: '10m', maxCostUsd: 0.02 });
  if (!(await condition(() => approved !== undefined, '1 minute')) || !approved) return told;
  return { ...told, reply };
}

/** @returns what a workflow's code can tell of the failure of a question */
export async function told(task: string, text: string, options?: AskOptions): Promise<unknown> {
  try {
    return (await ask<unknown>(task, text, options)).value;
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    return { type: error.type, nonRetryable: error.nonRetryable, details: error.details };
  }
}

/** Gives up on a question after a while, and asks another one. */
export async function impatient(text: string): Promise<string> {
  const scope = new CancellationScope();
  const slow = scope.run(() => ask('translate', text));
  slow.catch(() => undefined);
  await sleep(300);
  scope.cancel();
  try {
    return (await slow).value;
  } catch (error) {
    if (!isCancellation(error)) throw error;
    return `given up; ${(await ask('sentiment', text)).value.label}`;
  }
}

/** Asks once a run, in a chain of runs. */
export async function chain(texts: string[], labels: string[] = []): Promise<string[]> {
  const [text, ...rest] = texts;
  if (text === undefined) return labels;
  const { value } = await ask('sentiment', text);
  return continueAsNew<typeof chain>(rest, [...labels, value.label]);
}

/** Many at once. */
export async function many(texts: string[]): Promise<string[][]> {
  const all = await Promise.all(texts.map((text) => ask<string[]>('topics', text)));
  return all.map(({ value }) => value);
}
