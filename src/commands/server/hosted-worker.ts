import type { Config } from '../../config/config-schema.js';
import type { RunningWorker, startWorker } from '../../host/host.js';
import { connectWorker, type Target } from '../../temporal/connection.js';
import { say } from '../terminal/say.js';

/**
 * A worker in this process, which ends with its connection.
 * @param tells what it says on its way: all that a person must know, or what goes wrong alone
 * @throws SetupError when no server answers
 */
export async function hostedWorker(
  target: Target,
  config: Config,
  tells: 'all' | 'trouble',
  { serve, isAlone = false, version }: Pick<Parameters<typeof startWorker>[0], 'serve' | 'isAlone' | 'version'> = {},
): Promise<Pick<RunningWorker, 'stopped' | 'stop'>> {
  const { installRuntime } = await import('../../temporal/runtime.js'); // 60 MB that a mere client does without
  const host = await import('../../host/host.js');
  installRuntime(tells === 'all' ? 'WARN' : 'ERROR', config.encryption ? 'by type' : 'in words');
  const connection = await connectWorker(target);
  const { stopped, stop, leftOut } = await host.startWorker({
    ...{ connection, namespace: target.namespace, config, serve, isAlone, version },
    warn: say,
  });
  if (tells === 'all') {
    for (const { provider, missingKey } of leftOut) say(`${provider} is left out: no API key (set ${missingKey})`);
  }
  return {
    stopped,
    async stop() {
      await stop();
      await connection.close();
    },
  };
}
