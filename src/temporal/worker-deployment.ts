import type { WorkflowService } from '@temporalio/client';
import proto from '@temporalio/proto';

const {
  WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT: CURRENT,
  WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING: RAMPING,
  WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING: DRAINING,
  WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED: DRAINED,
} = proto.temporal.api.enums.v1.WorkerDeploymentVersionStatus;

const NOT_FOUND = 5; // gRPC
const MAX_VERSIONS = 1_000;

/** One version of a deployment's workers, and whether it may be stopped. */
export interface DeployedVersion {
  buildId: string;
  /**
   * `current`: takes new runs; `ramping`: takes a share of them; `draining`: takes none, and runs of its own are under
   * way still; `drained`: has none left and may be stopped; `inactive`: has never taken any.
   */
  status: 'inactive' | 'current' | 'ramping' | 'draining' | 'drained';
}

/**
 * The versions of a Worker Deployment as the server knows them.
 * @returns the newest first; none when it has never seen one
 */
export async function deployedVersions(
  workflowService: WorkflowService,
  { namespace, deploymentName }: { namespace: string; deploymentName: string },
): Promise<DeployedVersion[]> {
  const { workerDeploymentInfo } = await workflowService
    .describeWorkerDeployment({ namespace, deploymentName })
    .catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === NOT_FOUND) return { workerDeploymentInfo: null };
      throw error;
    });
  const summaries = workerDeploymentInfo?.versionSummaries?.slice(0, MAX_VERSIONS) ?? [];
  const createdAt = (summary: (typeof summaries)[number]) => Number(summary.createTime?.seconds ?? 0);
  return [...summaries]
    .sort((one, other) => createdAt(other) - createdAt(one))
    .map(({ deploymentVersion, status }) => ({ buildId: deploymentVersion?.buildId ?? '', status: statusOf(status) }));
}

function statusOf(status: unknown): DeployedVersion['status'] {
  if (status === CURRENT) return 'current';
  if (status === RAMPING) return 'ramping';
  if (status === DRAINING) return 'draining';
  return status === DRAINED ? 'drained' : 'inactive';
}
