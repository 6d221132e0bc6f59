import { ApplicationFailure } from '@temporalio/common';
import { placeInside } from '../../activities/files/inside-root.js';
import { readNew } from '../../activities/schedule/sources/read-new.js';
import { guardedAgent, requireAllowed } from '../../activities/schedule/web/guarded-agent.js';
import type { Config } from '../../config/config-schema.js';
import { AccessError } from '../../domain/schedule/access.js';
import type { RecurringInput } from '../../domain/schedule/recurring.js';
import { UsageError } from '../terminal/errors.js';

const LIMIT_MS = 45_000;

/**
 * Reads the source once, as a worker with this configuration will, and looks for the place of the results.
 * @returns how many items the source has now
 * @throws UsageError
 */
export async function checkedInput({ source, sink }: RecurringInput, { files, network }: Config): Promise<number> {
  const dispatcher = guardedAgent(network.allowHosts);
  const request = { source, progress: { seen: [] }, limit: 1 };
  try {
    if (sink.kind === 'file') await placeInside(files.root, sink.path);
    else await requireAllowed(sink.url, network.allowHosts);
    const signal = AbortSignal.timeout(LIMIT_MS);
    const { items, left } = await readNew(request, { root: files.root, dispatcher, signal });
    return items.length + left;
  } catch (error) {
    if (error instanceof AccessError || error instanceof ApplicationFailure) throw new UsageError(error.message);
    throw error;
  } finally {
    await dispatcher.close();
  }
}
