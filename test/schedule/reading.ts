import { rootedAt } from '../../src/activities/files/rooted.js';
import { readNew } from '../../src/activities/schedule/sources/read-new.js';
import { webBy } from '../../src/activities/schedule/web/web.js';
import type { Progress, Reading, Source } from '../../src/domain/schedule/recurring.js';

export const web = webBy(
  { allowHosts: ['127.0.0.1'], userAgent: 'tester/1', webhookSecrets: [], sourceAuth: { FEED_LOGIN: ['127.0.0.1'] } },
  (name) => (name === 'FEED_LOGIN' ? 'me:secret' : undefined),
);
export const { dispatcher } = web;
export const { signal } = new AbortController();

/** Reads a source as a worker does that may reach this machine. */
export function read(
  source: Source,
  progress: Progress = { seen: [] },
  more: { limit?: number } = {},
): Promise<Reading> {
  return readNew({ source, progress, limit: 500, ...more }, { files: rootedAt('/nowhere'), web, signal });
}

export function textsOf({ items }: Reading) {
  return items.map(({ content }) => ('text' in content ? content.text : content.error));
}
