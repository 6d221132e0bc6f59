import proto from '@temporalio/proto';
import type { Command } from 'commander';
import { ANALYZE_TASK_QUEUE } from '../domain/plan.js';
import { connectClient, targetFromEnvironment } from '../temporal/connection.js';
import { exits } from './arguments.js';
import { say } from './say.js';

export function addWorker(program: Command): void {
  program
    .command('worker')
    .description('the worker alone, on the server of TEMPORAL_ADDRESS')
    .option('--check', "exit 0 when this host's worker is polling (for health checks)", false)
    .action(exits(({ check }: { check: boolean }) => (check ? checkWorker() : serve())));
}

async function serve(): Promise<number> {
  const worker = await import('../worker.js'); // 60 MB that a mere client does without
  return worker.serve();
}

const POLLED_WITHIN_MS = 90_000;

/** A container's health check: is this host's worker among those that the server saw polling lately? */
async function checkWorker(): Promise<number> {
  const { WORKER_IDENTITY } = await import('../worker.js');
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
