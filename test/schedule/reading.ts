import { readNew } from '../../src/activities/schedule/sources/read-new.js';
import { guardedAgent } from '../../src/activities/schedule/web/guarded-agent.js';
import type { Progress, Reading, Source } from '../../src/domain/schedule/recurring.js';

export const dispatcher = guardedAgent(['127.0.0.1']);
export const { signal } = new AbortController();

/** Reads a source as a worker does that may reach this machine. */
export function read(
  source: Source,
  progress: Progress = { seen: [] },
  more: { limit?: number } = {},
): Promise<Reading> {
  return readNew({ source, progress, limit: 500, ...more }, { root: '/nowhere', dispatcher, signal });
}

export function textsOf({ items }: Reading) {
  return items.map(({ content }) => ('text' in content ? content.text : content.error));
}
