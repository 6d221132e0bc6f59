import { hostname } from 'node:os';
import { loadConfig } from '../../config/config.js';
import { workerVersion } from '../../config/worker-version.js';
import type { OwnWorkflows } from '../../host/own-workflows.js';
import { processIn } from '../../host/identity.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { interruption } from '../terminal/interrupt.js';
import { say } from '../terminal/say.js';
import { tellPerson } from '../../temporal/telemetry/log.js';
import { hostedWorker } from './hosted-worker.js';

/**
 * Hosts a worker until the first SIGINT or SIGTERM.
 * @param roles what it serves: roles and names of providers; undefined: all that it can
 * @param own workflows of somebody else, beside ours
 * @returns the exit code
 */
export async function serve(roles?: readonly string[], own?: OwnWorkflows): Promise<number> {
  const config = loadConfig();
  const target = targetFromEnvironment();
  const version = workerVersion();
  const worker = await hostedWorker(target, config, 'all', { serve: roles, version, own });
  const versioned = version ? `, version ${version.buildId} of ${version.deploymentName}` : '';
  tellPerson(`ready: worker on ${target.address}, namespace ${target.namespace}${versioned}`);
  await Promise.race([interruption(), worker.stopped]);
  tellPerson('stopping: calls in flight may end; a second signal ends at once');
  await worker.stop();
  return 0;
}

/** Workers tell the server every 2 s that they live. */
const TOLD_WITHIN_MS = 10_000;
const STATUS_RUNNING = 1; // temporal.api.enums.v1.WorkerStatus
const PAGE_SIZE = 1_000;

/** A container's health check: does a worker process of this host live, and has the server heard of it lately? */
export async function checkWorker(): Promise<number> {
  const { namespace, ...target } = targetFromEnvironment();
  const { workflowService } = await connectClient({ namespace, ...target });
  const { workersInfo } = await workflowService.listWorkers({ namespace, pageSize: PAGE_SIZE });
  const live = workersInfo.find(({ workerHeartbeat }) => {
    const { workerIdentity, status, heartbeatTime } = workerHeartbeat ?? {};
    const process = processIn(workerIdentity ?? '');
    const toldAtMs = Number(heartbeatTime?.seconds ?? 0) * 1_000;
    const isHere = process?.host === hostname() && isAlive(process.pid);
    return isHere && Number(status) === STATUS_RUNNING && Date.now() - toldAtMs < TOLD_WITHIN_MS;
  });
  const identity = live?.workerHeartbeat?.workerIdentity;
  say(identity ? `healthy: ${identity}` : `unhealthy: no worker of host ${hostname()} is known to ${target.address}`);
  return identity ? 0 : 1;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // of another user: it is there
  }
}
