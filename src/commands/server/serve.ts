import { loadConfig } from '../../config/config.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/failover/plan.js';
import { connectClient, targetFromEnvironment, WORKER_IDENTITY } from '../../temporal/connection.js';
import { interruption } from '../terminal/interrupt.js';
import { say } from '../terminal/say.js';
import { hostedWorker } from './hosted-worker.js';

/** Hosts a worker until the first SIGINT or SIGTERM. @returns the exit code */
export async function serve(): Promise<number> {
  const config = loadConfig();
  const target = targetFromEnvironment();
  const worker = await hostedWorker(target, config, 'all');
  say(`ready: worker on ${target.address}, namespace ${target.namespace}`);
  await Promise.race([interruption(), worker.stopped]);
  say('stopping: calls in flight may end; a second signal ends at once');
  await worker.stop();
  return 0;
}

const POLLED_WITHIN_MS = 90_000;

/** A container's health check: is this host's worker among those that the server saw polling lately? */
export async function checkWorker(): Promise<number> {
  const { default: proto } = await import('@temporalio/proto');
  const { namespace, ...target } = targetFromEnvironment();
  const { workflowService } = await connectClient({ namespace, ...target });
  const { pollers } = await workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: ANALYZE_TASK_QUEUE },
    taskQueueType: proto.temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  const polls = pollers.some(
    ({ identity, lastAccessTime }) =>
      identity === WORKER_IDENTITY && Date.now() - Number(lastAccessTime?.seconds ?? 0) * 1_000 < POLLED_WITHIN_MS,
  );
  say(polls ? 'healthy: this worker is polling' : `unhealthy: ${WORKER_IDENTITY} is not polling ${ANALYZE_TASK_QUEUE}`);
  return polls ? 0 : 1;
}
