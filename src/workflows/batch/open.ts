import { proxyActivities } from '@temporalio/workflow';
import type { BatchActivities } from '../../activities/batch/batch-activities.js';
import { FILES_TASK_QUEUE, type BatchInput } from '../../domain/batch/batch.js';
import type { Opened } from '../../domain/batch/batch-page.js';
import { firstElsewhere } from '../elsewhere.js';
import { invalidInput } from '../input/checked-input.js';
import { filesOn } from './files.js';

/**
 * Opens a batch on a host that has its files: whoever is asked first, or another that it names.
 * @throws ActivityFailure, or ApplicationFailure of type `InvalidInput` where nobody has them
 */
export async function openedBy(input: BatchInput): Promise<Opened> {
  const first = await filesOn(FILES_TASK_QUEUE).openBatch(input);
  if (!('elsewhere' in first)) return first;
  const opened = await firstElsewhere<Opened>(first.elsewhere, (taskQueue) => {
    const there = proxyActivities<BatchActivities>({
      taskQueue,
      startToCloseTimeout: '2h',
      heartbeatTimeout: '8s',
      scheduleToStartTimeout: '10s', // it has just gone
      retry: { maximumInterval: '30s' },
    });
    return there.openBatch(input);
  });
  if (opened) return opened;
  throw invalidInput(first.problem);
}
