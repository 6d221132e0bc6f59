import { printable } from '../domain/text.js';
import { DefaultLogger, makeTelemetryFilterString, Runtime } from '@temporalio/worker';

/** The SDK's core says so for each of its many polls, every few seconds. */
const SERVER_IS_AWAY = /^gRPC call \w+ retried|^Network error while sending worker heartbeat/;
const TELL_EVERY_MS = 60_000;
/** By these the fleet knows who lives and what each serves. */
const WORKER_HEARTBEAT_MS = 2_000;

/**
 * Once a process, before any connection: the SDK speaks on stderr, and only of what a person must know.
 * @param failures of calls: `in words`, which are a vendor's or a page's, or `by type` alone, where what was sent and
 * answered is kept from logs too
 */
export function installRuntime(level: 'WARN' | 'ERROR', failures: 'in words' | 'by type'): void {
  let toldAtMs = -Infinity;
  const logger = new DefaultLogger(level, ({ level: shown, message, meta }) => {
    if (message.startsWith('No workflows registered')) return; // so it is meant
    if (SERVER_IS_AWAY.test(message)) {
      if (Date.now() - toldAtMs < TELL_EVERY_MS) return;
      toldAtMs = Date.now();
      process.stderr.write('WARN the Temporal server does not answer; still trying\n');
      return;
    }
    const error: unknown = meta?.error;
    const line = `${shown} ${message}${error instanceof Error ? `: ${told(error, failures)}` : ''}`;
    process.stderr.write(`${printable(line)}\n`); // a failure's words are a stranger's
  });
  // Forwarded: the SDK's core would write to standard output, which is for results alone.
  const logging = { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) };
  Runtime.install({
    logger,
    shutdownSignals: [],
    workerHeartbeatInterval: WORKER_HEARTBEAT_MS,
    telemetryOptions: { logging },
  });
}

function told(error: Error, failures: 'in words' | 'by type'): string {
  if (failures === 'in words') return error.message;
  return 'type' in error && typeof error.type === 'string' ? error.type : error.name;
}
