import { readFileSync } from 'node:fs';
import { packageFile } from '../package-root.js';
import { variable } from './config.js';
import { ConfigError } from './config-schema.js';

/** Which version of the workflows a worker is, among those of its deployment: Temporal's Worker Deployment Version. */
export interface WorkerVersion {
  deploymentName: string;
  buildId: string;
}

/** Of names and build ids; Temporal's own limit is a task queue's name. */
const MAX_NAME_CHARS = 200;
const HASH_CHARS = 12;

/**
 * Switches Worker Deployment Versioning on: the name of `TEMPORAL_WORKER_DEPLOYMENT_NAME`, or of `TEMPORAL_DEPLOYMENT_NAME`
 * as Temporal's Kubernetes controller calls it, and the build of `TEMPORAL_WORKER_BUILD_ID`, or else the hash of the
 * sources that the program was built from.
 * @returns undefined when no name is set
 * @throws ConfigError for a name that Temporal would refuse
 */
export function workerVersion(): WorkerVersion | undefined {
  const name = 'TEMPORAL_WORKER_DEPLOYMENT_NAME';
  const build = 'TEMPORAL_WORKER_BUILD_ID';
  const deploymentName = variable(name) ?? variable('TEMPORAL_DEPLOYMENT_NAME');
  if (deploymentName === undefined) return undefined;
  const buildId = variable(build) ?? readFileSync(packageFile('dist/source-hash'), 'utf8').slice(0, HASH_CHARS);
  requireName(name, deploymentName, /^[^.:\s]+$/, 'without dot, colon or space');
  requireName(build, buildId, /^[^:\s]+$/, 'without colon or space');
  return { deploymentName, buildId };
}

function requireName(name: string, value: string, pattern: RegExp, without: string): void {
  if (value.length <= MAX_NAME_CHARS && pattern.test(value)) return;
  throw new ConfigError(`${name}: expected at most ${MAX_NAME_CHARS} characters ${without}`);
}
