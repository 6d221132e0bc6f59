import { Client, Connection, type WorkflowService } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnection } from '@temporalio/worker';
import { temporalEnvironment } from '../config.js';
import { SetupError } from './setup-error.js';

/** Where a Temporal server is, and how to get in. */
export interface Target {
  address: string;
  namespace: string;
  /** As the SDK's envconfig reads them: `TEMPORAL_*` variables and the profile file of the Temporal CLI. */
  options: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
}

/** Where `temporal server start-dev` listens unless told. */
export const DEFAULT_PORT = 7233;

export function targetFromEnvironment(): Target {
  const { connectionOptions: options, namespace = 'default' } = loadClientConnectConfig({
    overrideEnvVars: temporalEnvironment(),
  });
  return { address: options.address ?? `127.0.0.1:${DEFAULT_PORT}`, namespace, options };
}

/** @throws SetupError when nobody answers within 2.5 s, or the namespace does not exist */
export async function connectClient({ address, namespace, options }: Target): Promise<Client> {
  const connection = await Connection.connect({ ...options, address, connectTimeout: 2_500 }).catch(
    (error: unknown) => {
      throw unreachable(address, error);
    },
  );
  await requireNamespace(connection.workflowService, namespace);
  return new Client({ connection, namespace });
}

/** @throws SetupError when nobody answers, or the namespace does not exist */
export async function connectWorker({ address, namespace, options }: Target): Promise<NativeConnection> {
  const { NativeConnection } = await import('@temporalio/worker'); // a client does without
  const connection = await NativeConnection.connect({ ...options, address }).catch((error: unknown) => {
    throw unreachable(address, error);
  });
  await requireNamespace(connection.workflowService, namespace);
  return connection;
}

const NOT_FOUND = 5; // gRPC

async function requireNamespace(service: WorkflowService, namespace: string): Promise<void> {
  try {
    await service.describeNamespace({ namespace });
  } catch (error) {
    if ((error as { code?: unknown }).code !== NOT_FOUND) return; // a key may be allowed to work in it, not to look at it
    throw new SetupError(
      `there is no namespace ${namespace}; create it with: temporal operator namespace create --namespace ${namespace}`,
    );
  }
}

function unreachable(address: string, error: unknown): SetupError {
  const [reason] = String(error instanceof Error ? error.message : error).split('\n');
  return new SetupError(
    `no Temporal server answers at ${address} (${reason ?? 'no reason given'}).\n` +
      'Start one with: npx understudy up; or set TEMPORAL_ADDRESS to yours.',
  );
}

/**
 * The page of a run in the Web UI. The dev server and our compose file serve it 1,000 ports above the server.
 * @returns undefined where the address of the UI cannot be told from that of the server
 */
export function webUiUrl(
  { address, namespace }: Pick<Target, 'address' | 'namespace'>,
  workflowId: string,
  runId: string,
) {
  const [host, port] = address.split(/:(?=\d+$)/);
  if (host === undefined || port === undefined) return undefined;
  const origin =
    host.endsWith('.tmprl.cloud') || host.endsWith('.temporal.io')
      ? 'https://cloud.temporal.io'
      : `http://${host}:${Number(port) + 1_000}`;
  return `${origin}/namespaces/${namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
}
