import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { machine, temporalEnvironment } from '../../config/config.js';
import { targetFromEnvironment } from '../../temporal/connection.js';
import { temporalCli } from '../../temporal/embedded/temporal-cli.js';
import { say } from '../terminal/say.js';

/** Runs the `temporal` CLI on the server that our own commands would take. @returns its exit code */
export async function runTemporal(args: readonly string[]): Promise<number> {
  const { address, namespace } = targetFromEnvironment();
  const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv } = machine();
  const binary = await temporalCli({ cliPath, searchPath, cacheDir, env: childEnv, say });
  const env = { ...childEnv, ...temporalEnvironment(), TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  const child = spawn(binary, args.length === 0 ? ['--help'] : args, { stdio: 'inherit', env });
  const ignore = () => undefined; // a terminal's Ctrl-C reaches the child too, which knows how to end
  process.on('SIGINT', ignore);
  try {
    const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } finally {
    process.removeListener('SIGINT', ignore);
  }
}
