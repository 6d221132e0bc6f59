import { wellFormed } from '../domain/text.js';
import type { Task, TaskDefinition } from '../domain/task.js';
import { ProviderError, type Answer, type Provider } from './provider.js';
import { outputCheck } from './tasks/output-schema.js';
import { billed } from './wire/usage.js';

/** How a provider answers one task. */
export interface Answering {
  model: string;
  /** The most that one answer can have, thoughts included. Tokens. */
  maxOutputTokens: number;
  answer: (text: string, signal: AbortSignal) => Promise<Answer<unknown>>;
}

/**
 * A provider that throws nothing but a {@link ProviderError} or its signal's reason, whatever goes wrong in it, is given no
 * half characters (every vendor refuses those), and gives no answer that does not fit its task.
 * @param definitions of the tasks that the configuration has
 */
export function providerOf(
  name: string,
  tasks: Readonly<Record<Task, Answering>>,
  definitions: Readonly<Record<Task, TaskDefinition>> = {},
): Provider {
  const checks = new Map(
    Object.entries(definitions).flatMap(([task, { output }]) => (output ? [[task, outputCheck(output)] as const] : [])),
  );
  const all = <T>(pick: (each: Answering) => T) =>
    Object.fromEntries(Object.entries(tasks).map(([task, each]) => [task, pick(each)]));
  return {
    name,
    models: all(({ model }) => model),
    maxOutputTokens: all(({ maxOutputTokens }) => maxOutputTokens),
    async answer(task, text, signal) {
      const answering = Object.hasOwn(tasks, task) ? tasks[task] : undefined;
      if (!answering) throw new ProviderError('BadRequest', `${name} cannot answer ${task}`, { neverSent: true });
      const answer = await guarded(signal, () => answering.answer(wellFormed(text), signal));
      const misfit = checks.get(task)?.(answer.value);
      if (misfit === undefined) return answer;
      const message = `the answer does not fit its schema: ${misfit}`;
      throw new ProviderError('BadOutput', message, { ...billed(answer.usage), misfit: true });
    },
  };
}

async function guarded<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ProviderError) throw error;
    const said = error instanceof Error ? error.name : typeof error;
    throw new ProviderError('BadOutput', `the answer could not be read (${said})`, { possiblyPaid: true });
  }
}
