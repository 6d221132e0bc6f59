import { DefaultLogger, makeTelemetryFilterString, Runtime, type MetricsExporterConfig } from '@temporalio/worker';
import { SetupError } from './setup-error.js';
import { isLogged, log, logLevel, type Level } from './telemetry/log.js';
import type { Failures } from './telemetry/spans.js';
import { portTaker } from './telemetry/port-taker.js';

/** The SDK's core says so for each of its many polls, every few seconds. */
const SERVER_IS_AWAY = /^gRPC call \w+ retried|^Network error while sending worker heartbeat/;
const TELL_EVERY_MS = 60_000;
/** By these the fleet knows who lives and what each serves. */
const WORKER_HEARTBEAT_MS = 2_000;

interface Telling {
  /** A person who waits for one result is told of trouble alone. */
  tells: 'all' | 'trouble';
  /** `host:port` where Prometheus finds the metrics, the SDK's and ours; undefined: nowhere. */
  metricsListen?: string | undefined;
  failures: Failures;
}

/**
 * Once a process, before any connection: what the SDK tells goes through our own log, and metrics are listened for.
 * @throws SetupError when the address for metrics cannot be had
 */
export async function installRuntime({ tells, metricsListen, failures }: Telling): Promise<void> {
  const least: Level = tells === 'all' ? logLevel() : 'ERROR';
  let toldAtMs = -Infinity;
  const logger = new DefaultLogger(least, ({ level, message, meta = {} }) => {
    if (message.startsWith('No workflows registered')) return; // so it is meant
    if (SERVER_IS_AWAY.test(message)) {
      if (Date.now() - toldAtMs < TELL_EVERY_MS) return;
      toldAtMs = Date.now();
      log('WARN', 'the Temporal server does not answer; still trying');
      return;
    }
    if (isOfTheSdk(meta) && !isLogged(level, 'WARN') && isLogged('INFO', least)) return; // its own steps
    log(level, message, failures === 'in words' ? meta : withoutWords(meta));
  });
  // Forwarded: the SDK's core would write to standard output, which is for results alone.
  const logging = { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) };
  if (metricsListen !== undefined) await requireFree(metricsListen);
  Runtime.install({
    logger,
    shutdownSignals: [],
    workerHeartbeatInterval: WORKER_HEARTBEAT_MS,
    telemetryOptions: { logging, ...(metricsListen !== undefined && { metrics: prometheusAt(metricsListen) }) },
  });
}

/** What workflows and activities say is ours. */
function isOfTheSdk({ sdkComponent }: Readonly<Record<string, unknown>>): boolean {
  return sdkComponent !== 'workflow' && sdkComponent !== 'activity';
}

/** Seconds, to ten minutes: the exporter's own buckets end at ten seconds. */
const BUCKETS_S = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600];
/** An outage may last a day. */
const OUTAGE_BUCKETS_S = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 14_400, 43_200, 86_400];

function prometheusAt(bindAddress: string): MetricsExporterConfig {
  return {
    prometheus: {
      bindAddress,
      countersTotalSuffix: true,
      unitSuffix: true,
      useSecondsForDurations: true,
      histogramBucketOverrides: {
        understudy_call_duration: BUCKETS_S,
        understudy_run_duration: BUCKETS_S,
        understudy_outage_duration: OUTAGE_BUCKETS_S,
        workflow_endtoend_latency: BUCKETS_S,
        activity_schedule_to_start_latency: BUCKETS_S,
        activity_execution_latency: BUCKETS_S,
        activity_succeed_endtoend_latency: BUCKETS_S,
        workflow_task_schedule_to_start_latency: BUCKETS_S,
      },
    },
  };
}

/** The SDK's core would say so without a word of where it comes from. */
async function requireFree(address: string): Promise<void> {
  const taken = await portTaker(address);
  if (taken !== undefined) {
    const how = 'name another in metrics.listen, or for this worker in UNDERSTUDY_METRICS_LISTEN';
    throw new SetupError(`metrics cannot be offered at ${address}: ${taken}; ${how}`);
  }
}

/** The type of a failure, or the name of an error, in place of what it says. */
function withoutWords({
  error,
  said: _,
  ...meta
}: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return meta;
  const type = 'type' in error && typeof error.type === 'string' ? error.type : error.name;
  return { ...meta, error: new Error(type) };
}
