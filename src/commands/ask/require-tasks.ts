import { configSource } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import { nearest } from '../../config/did-you-mean.js';
import { taskName, type Task } from '../../domain/task.js';
import { oneLine } from '../../domain/text.js';
import { UsageError } from '../terminal/errors.js';

/**
 * Looks whether tasks are there before a server is asked. Without a file of its own a client cannot know what the workers
 * know.
 * @throws UsageError
 */
export function requireTasks(names: readonly Task[], { tasks }: Config): void {
  const source = configSource();
  for (const name of names) {
    if (Object.hasOwn(tasks, name)) continue;
    if (source === 'the built-in default' && taskName().safeParse(name).success) continue;
    const known = Object.keys(tasks);
    const near = nearest(name, known);
    const hint = near === undefined ? `only ${known.join(', ')}` : `did you mean ${near}?`;
    throw new UsageError(`${source}: no task ${JSON.stringify(oneLine(name))} is configured, ${hint}`);
  }
}
