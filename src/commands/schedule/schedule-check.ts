import { ApplicationFailure } from '@temporalio/common';
import { rootedAt } from '../../activities/files/rooted.js';
import { readNew } from '../../activities/schedule/sources/read-new.js';
import { requireAllowed } from '../../activities/schedule/web/guarded-agent.js';
import { webBy } from '../../activities/schedule/web/web.js';
import { secretOf } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import { EndpointError } from '../../domain/schedule/endpoint-error.js';
import { nothingRemembered } from '../../domain/schedule/memory.js';
import type { RecurringInput } from '../../domain/schedule/recurring.js';
import { UsageError } from '../terminal/errors.js';

const LIMIT_MS = 45_000;

/**
 * Reads the source once, as a worker with this configuration will, and looks for the place of the results.
 * @returns how many items the source has now
 * @throws UsageError
 */
export async function itemsToRead(
  { schedule, source, sink }: RecurringInput,
  { files, network }: Config,
): Promise<number> {
  const web = webBy(network, secretOf);
  const signal = AbortSignal.timeout(LIMIT_MS);
  const root = rootedAt(files.root, signal);
  const request = { schedule, source, known: {}, limit: 1 };
  const memory = () => Promise.resolve(nothingRemembered);
  try {
    if (sink.kind === 'file') await root.place(sink.path);
    else await requireAllowed(sink.url, network.allowHosts);
    const { items, left } = await readNew(request, { files: root, web, signal, memory });
    return items.length + left;
  } catch (error) {
    if (error instanceof EndpointError || error instanceof ApplicationFailure) throw new UsageError(error.message);
    throw error;
  } finally {
    await web.dispatcher.close();
  }
}
