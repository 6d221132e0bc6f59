import { hostname } from 'node:os';
import { Client, Connection, type WorkflowService } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnection } from '@temporalio/worker';
import { loadConfig, temporalEnvironment } from '../config/config.js';
import { dataConverterFor } from './codec/data-converter.js';
import { SetupError } from './setup-error.js';

/** Where a Temporal server is, and how to get in. */
export interface Target {
  address: string;
  namespace: string;
  /** As the SDK's envconfig reads them: `TEMPORAL_*` variables and the profile file of the Temporal CLI. */
  options: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
}

/** How this host's worker calls itself; `worker --check` looks for it among the pollers. */
export const WORKER_IDENTITY = `understudy@${hostname()}`;

/** Where `temporal server start-dev` listens by default. */
export const DEFAULT_PORT = 7233;

/** @throws SetupError when the variables, or a file that they name, cannot be used */
export function targetFromEnvironment(): Target {
  const { connectionOptions: options, namespace = 'default' } = connectConfig();
  return { address: options.address ?? `127.0.0.1:${DEFAULT_PORT}`, namespace, options };
}

function connectConfig(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({ overrideEnvVars: temporalEnvironment() });
  } catch (error) {
    throw new SetupError(`TEMPORAL_*: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * A client that writes and reads as the configuration's `encryption` says.
 * @throws ConfigError when a key is missing here; SetupError when nobody answers within 2.5 s, or the namespace does not
 * exist
 */
export async function connectClient({ address, namespace, options }: Target): Promise<Client> {
  const dataConverter = dataConverterFor(loadConfig(), 'client');
  const connection = await Connection.connect({ ...options, address, connectTimeout: 2_500 }).catch(
    (error: unknown) => {
      throw unreachable(address, error);
    },
  );
  await requireNamespace(connection.workflowService, namespace);
  return new Client({ connection, namespace, dataConverter });
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
 * Where the Web UI is: Temporal Cloud's, or 1,000 ports above a server on this machine, as the dev server and our compose
 * file have it.
 * @returns undefined where the address of the UI cannot be told from that of the server
 */
export function webUiOrigin({ address }: Pick<Target, 'address'>): string | undefined {
  const [host = '', port] = address.split(/:(?=\d+$)/);
  if (/\.(tmprl\.cloud|temporal\.io)$/.test(host)) return 'https://cloud.temporal.io';
  const isHere = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(host);
  return isHere ? `http://${host}:${Number(port ?? DEFAULT_PORT) + 1_000}` : undefined;
}

/** The page of a run in the Web UI; undefined where that is not known. */
export function webUiUrl(target: Pick<Target, 'address' | 'namespace'>, workflowId: string, runId: string) {
  const origin = webUiOrigin(target);
  return (
    origin && `${origin}/namespaces/${target.namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`
  );
}
