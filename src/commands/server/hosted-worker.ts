import { telemetryEnvironment } from '../../config/config.js';
import { ConfigError, type Config } from '../../config/config-schema.js';
import { listenAddress } from '../../config/telemetry-schema.js';
import type { RunningWorker, startWorker } from '../../host/host.js';
import { connectWorker, type Target } from '../../temporal/connection.js';
import { log, tellPerson } from '../../temporal/telemetry/log.js';

/**
 * A worker in this process, which ends with its connection.
 * @param tells what it says on its way, metrics included: all that a person must know, or what goes wrong alone
 * @throws SetupError when no server answers
 */
export async function hostedWorker(
  target: Target,
  config: Config,
  tells: 'all' | 'trouble',
  {
    serve,
    isAlone = false,
    version,
    own,
  }: Pick<Parameters<typeof startWorker>[0], 'serve' | 'isAlone' | 'version' | 'own'> = {},
): Promise<Pick<RunningWorker, 'stopped' | 'stop'>> {
  const { installRuntime } = await import('../../temporal/runtime.js'); // 60 MB that a mere client does without
  const host = await import('../../host/host.js');
  const failures = config.encryption ? 'by type' : 'in words';
  await installRuntime({ tells, metricsListen: tells === 'all' ? metricsListen(config) : undefined, failures });
  const connection = await connectWorker(target);
  const { stopped, stop, leftOut } = await host.startWorker({
    ...{ connection, namespace: target.namespace, config, serve, isAlone, version, own },
    warn: (line) => {
      log('WARN', line);
    },
  });
  if (tells === 'all') {
    for (const { provider, missingKey } of leftOut)
      tellPerson(`${provider} is left out: no API key (set ${missingKey})`);
  }
  return {
    stopped,
    async stop() {
      await stop();
      await connection.close();
    },
  };
}

/** @throws ConfigError */
function metricsListen({ metrics }: Config): string | undefined {
  const named = telemetryEnvironment().metricsListen;
  if (named === undefined) return metrics?.listen;
  const parsed = listenAddress.safeParse(named);
  if (parsed.success) return parsed.data;
  throw new ConfigError(`UNDERSTUDY_METRICS_LISTEN: ${parsed.error.issues[0]?.message ?? 'no address'}`);
}
