import { rootedAt, type Root } from '../../src/activities/files/rooted.js';
import { readNew } from '../../src/activities/schedule/sources/read-new.js';
import { webBy } from '../../src/activities/schedule/web/web.js';
import { nothingRemembered, remembering, type MemoryState } from '../../src/domain/schedule/memory.js';
import { keysOf, type Reading, type ReadRequest } from '../../src/domain/schedule/reading.js';
import type { Source } from '../../src/domain/schedule/recurring.js';

export const web = webBy(
  { allowHosts: ['127.0.0.1'], userAgent: 'tester/1', webhookSecrets: [], sourceAuth: { FEED_LOGIN: ['127.0.0.1'] } },
  (name) => (name === 'FEED_LOGIN' ? 'me:secret' : undefined),
);
export const { dispatcher } = web;
export const { signal } = new AbortController();

/** What one reading leaves to the next, when all that it took is delivered. */
export interface Progress {
  known: ReadRequest['known'];
  memory: MemoryState;
}

export const NO_PROGRESS: Progress = { known: {}, memory: nothingRemembered };

/** Reads a source as a worker does that may reach this machine. */
export async function read(
  source: Source,
  { known, memory }: Progress = NO_PROGRESS,
  { files = rootedAt('/nowhere'), ...more }: { limit?: number; except?: string; files?: Root } = {},
): Promise<Reading & { progress: Progress; asked: number }> {
  let asked = 0;
  const remembered = () => {
    asked += 1;
    return Promise.resolve(memory);
  };
  const request = { schedule: 's', source, known, limit: 500, ...more };
  const reading = await readNew(request, { files, web, signal, memory: remembered });
  const seen = reading.items.flatMap(keysOf);
  const after = { known: reading.known, memory: remembering(memory, { seen, forget: reading.forget }) };
  return { ...reading, progress: after, asked };
}

export function textsOf({ items }: Reading) {
  return items.map(({ content }) => ('text' in content ? content.text : content.error));
}
