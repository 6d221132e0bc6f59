import type { Client, Connection, WorkflowClientInterceptor, WorkflowService } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnection } from '@temporalio/worker';
import { loadConfig, machine, reachesThroughProxy, temporalEnvironment } from '../config/config.js';
import { DEFAULT_PORT } from './default-port.js';
import { notedServer } from './embedded/noted-server.js';
import { inTime, reach, shakeHands, Unreached, type TlsSettings } from './reach.js';
import { dataConverterFor } from './codec/data-converter.js';
import { beforeTheEnd } from './telemetry/closing.js';
import type { Failures } from './telemetry/spans.js';
import { openTraces } from './telemetry/traces.js';
import { SetupError } from './setup-error.js';

/** Where a Temporal server is, and how to get in. */
export interface Target {
  address: string;
  namespace: string;
  /** Where it is known; null: there is none. */
  webUi?: string | null;
  /** As the SDK's envconfig reads them: `TEMPORAL_*` variables and the profile file of the Temporal CLI. */
  options: ReturnType<typeof loadClientConnectConfig>['connectionOptions'];
}

/**
 * The server that the environment names, the embedded one that is noted in `UNDERSTUDY_HOME`, or the default.
 * @throws SetupError when the variables, or a file that they name, cannot be used
 */
export function targetFromEnvironment(): Target {
  const { connectionOptions: options, namespace = 'default' } = connectConfig();
  if (options.address !== undefined) return { address: options.address, namespace, options };
  const noted = notedServer(machine().home);
  if (noted === undefined) return { address: `127.0.0.1:${DEFAULT_PORT}`, namespace, options };
  return { address: noted.address, webUi: noted.webUi, namespace, options };
}

function connectConfig(): ReturnType<typeof loadClientConnectConfig> {
  try {
    return loadClientConnectConfig({ overrideEnvVars: temporalEnvironment() });
  } catch (error) {
    throw new SetupError(`TEMPORAL_*: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** From the start of a command to the namespace's description: a person waits for the whole of it. */
const CONNECT_LIMIT_MS = { atMost: 2_700, atLeast: 1_800 };
/** The last question always has as long. */
const NAMESPACE_LIMIT_MS = 500;
/** Of it, for the name and the TCP connection, and for a look at TLS where Temporal's client failed. */
const REACH_LIMIT_MS = 1_000;
const HANDSHAKE_LIMIT_MS = 500;

/**
 * A client that writes and reads as the configuration's `encryption` says.
 * @throws ConfigError when a key is missing here
 * @throws SetupError within 3 s that says how far it came: name, TCP, TLS, gRPC, namespace
 */
export async function connectClient(target: Target): Promise<Client> {
  const config = loadConfig();
  const dataConverter = dataConverterFor(config, 'client');
  const { Client } = await import('./client-library.js');
  const connection = await opened(target, 'namespace');
  const interceptors = { workflow: await tracedCalls(config.encryption ? 'by type' : 'in words') };
  return new Client({ connection, namespace: target.namespace, dataConverter, interceptors });
}

/** A connection for who makes the namespace. @throws SetupError, as `connectClient` does, but for the namespace */
export function connectOperator(target: Target): Promise<Connection> {
  return opened(target, 'server');
}

async function opened(target: Target, needs: Needs): Promise<Connection> {
  const { Connection } = await import('./client-library.js');
  return connected(target, needs, async (connectTimeout) => {
    const lazy = Connection.lazy({ ...target.options, address: target.address, connectTimeout });
    await lazy.ensureConnected(); // left open when it fails: a retry that is due would find it closed, and throw
    return lazy;
  });
}

/** What a command starts belongs to one trace, which begins here. */
async function tracedCalls(failures: Failures): Promise<WorkflowClientInterceptor[]> {
  const traces = await openTraces('understudy', failures);
  if (!traces) return [];
  const command = process.argv.find((arg) => /^[a-z][a-z-]{0,30}$/.test(arg)) ?? 'command';
  const { interceptor, end } = traces.root(`understudy ${command}`);
  beforeTheEnd(async () => {
    end();
    await traces.flush();
  });
  return [interceptor, ...traces.clientInterceptors];
}

/** @throws SetupError, as `connectClient` does */
export async function connectWorker(target: Target): Promise<NativeConnection> {
  const { NativeConnection } = await import('@temporalio/worker'); // a client does without
  return connected(target, 'namespace', (limitMs) =>
    inTime(
      limitMs,
      NativeConnection.connect({
        ...target.options,
        address: target.address,
        ...(isHere(target.address) && { grpcCompression: { codec: 'none' } }), // there is no wire to spare
      }),
    ),
  );
}

/** What both kinds of connection have. */
interface Opened {
  workflowService: WorkflowService;
  withDeadline<T>(deadline: number, work: () => Promise<T>): Promise<T>;
}

/** How far a connection has to come. */
type Needs = 'namespace' | 'server';

/** @param spentMs since this process started: reading what a worker needs takes a good part of a second */
export function connectLimitMs(spentMs: number): number {
  const { atMost, atLeast } = CONNECT_LIMIT_MS;
  return Math.max(atLeast, atMost - spentMs);
}

async function connected<C extends Opened>(
  target: Target,
  needs: Needs,
  open: (limitMs: number) => Promise<C>,
): Promise<C> {
  const { address, namespace, options } = target;
  const deadlineMs = Date.now() + connectLimitMs(performance.now());
  const tls = tlsOf(options);
  try {
    if (!reachesThroughProxy()) await reach(address, REACH_LIMIT_MS);
    const connection = await open(deadlineMs - Date.now() - (tls ? HANDSHAKE_LIMIT_MS : 0)).catch(
      async (error: unknown) => {
        if (error instanceof TypeError) throw error; // a defect of ours, and no answer
        if (tls && !reachesThroughProxy()) await shakeHands(address, tls, HANDSHAKE_LIMIT_MS);
        throw new Unreached('gRPC', grpcTrouble(error, tls !== undefined));
      },
    );
    if (needs === 'namespace')
      await requireNamespace(connection, namespace, Math.max(deadlineMs, Date.now() + NAMESPACE_LIMIT_MS));
    return connection;
  } catch (error) {
    throw error instanceof Unreached ? unreachable(target, error) : error;
  }
}

/** @throws Unreached */
async function requireNamespace(connection: Opened, namespace: string, deadlineMs: number): Promise<void> {
  try {
    await connection.withDeadline(deadlineMs, () => connection.workflowService.describeNamespace({ namespace }));
  } catch (error) {
    const code = grpcCodeIn(error);
    if (code === DEADLINE_EXCEEDED) throw new Unreached('namespace', 'no answer to a question about it');
    if (code !== NOT_FOUND) return; // a key may be allowed to work in it, not to look at it
    throw new Unreached('namespace', `there is no ${namespace}; create it with: npx understudy setup`);
  }
}

const DEADLINE_EXCEEDED = 4; // gRPC, as these
const NOT_FOUND = 5;
const PERMISSION_DENIED = 7;
const UNAUTHENTICATED = 16;

/** Temporal's client wraps what gRPC said. */
function grpcCodeIn(error: unknown): unknown {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'number') return at.code;
  }
  return undefined;
}

function grpcTrouble(error: unknown, overTls: boolean): string {
  const code = grpcCodeIn(error);
  if (code === PERMISSION_DENIED || code === UNAUTHENTICATED) return 'the server refuses the key in TEMPORAL_API_KEY';
  return `what listens there does not answer like a Temporal server${overTls ? '' : ', or wants TLS (TEMPORAL_TLS=true)'}`;
}

function tlsOf({ tls, apiKey }: Target['options']): TlsSettings | undefined {
  if (tls === true || (tls == null && apiKey !== undefined)) return {};
  return tls === false || tls == null ? undefined : tls;
}

function unreachable({ address, options }: Target, { stage, message }: Unreached): SetupError {
  const [first, next] =
    stage === 'namespace'
      ? [`no namespace at the Temporal server ${address}`, undefined]
      : [
          `no Temporal server answers at ${address}`,
          options.address === undefined
            ? 'Start one with: npx understudy up; or set TEMPORAL_ADDRESS to yours.'
            : 'Its address is in TEMPORAL_ADDRESS, or in the profile of the temporal CLI.',
        ];
  return new SetupError([`${first}: ${stage}: ${message}`, next].filter(Boolean).join('\n'));
}

/**
 * Where the Web UI is: Temporal Cloud's, or 1,000 ports above a server on this machine, as the dev server and our compose
 * file have it.
 * @returns undefined where the address of the UI cannot be told from that of the server
 */
export function webUiOrigin({ address, webUi }: Pick<Target, 'address' | 'webUi'>): string | undefined {
  if (webUi !== undefined) return webUi ?? undefined;
  const [host = '', port] = address.split(/:(?=\d+$)/);
  if (/\.(tmprl\.cloud|temporal\.io)$/.test(host)) return 'https://cloud.temporal.io';
  return isHere(address) ? `http://${host}:${Number(port ?? DEFAULT_PORT) + 1_000}` : undefined;
}

/** Whether a server is on this machine. */
function isHere(address: string): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/.test(address);
}

/** The page of a run in the Web UI; undefined where that is not known. */
export function webUiUrl(target: Pick<Target, 'address' | 'namespace' | 'webUi'>, workflowId: string, runId: string) {
  const origin = webUiOrigin(target);
  return (
    origin && `${origin}/namespaces/${target.namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`
  );
}
