import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { spawnSync } from 'node:child_process';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleCommands } from './bundle-commands.mjs';
import { sourceHash } from './source-hash.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
const building = join(root, 'dist.building'); // what runs from dist while we build sees all of the old or all of the new

const hash = sourceHash(root); // before the compiler reads them: an edit meanwhile makes the next build
rmSync(building, { recursive: true, force: true });
try {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  if (!existsSync(compiler)) fail('TypeScript is not installed: run `npm ci` (with development dependencies).');
  const options = ['-p', join(root, 'tsconfig.build.json'), '--outDir', building];
  const { status } = spawnSync(process.execPath, [compiler, ...options], { stdio: ['ignore', 2, 2] });
  if (status !== 0) fail('The sources do not compile.');

  const workflowsPath = join(building, 'workflows', 'index.js');
  const converters = join(building, 'temporal', 'codec', 'converters.cjs');
  const plain = { payloadConverterPath: converters };
  const encrypted = { ...plain, failureConverterPath: converters };
  const traced = { workflowInterceptorModules: [join(building, 'workflows', 'telemetry', 'trace-interceptors.js')] };
  for (const [name, options] of [
    ['workflow-bundle.js', plain],
    ['workflow-bundle.encrypted.js', encrypted],
    ['workflow-bundle.traced.js', { ...plain, ...traced }],
    ['workflow-bundle.encrypted.traced.js', { ...encrypted, ...traced }],
  ]) {
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      // Once a worker and not once a run; they hold no state, and are frozen.
      preloadModules: [join(building, 'workflows', 'sandbox.js'), workflowsPath],
      logger: new DefaultLogger('WARN'),
      ...options,
    });
    writeFileSync(join(building, name), code);
  }
  await bundleCommands(building);
  writeFileSync(join(building, 'source-hash'), hash);
  rmSync(dist, { recursive: true, force: true });
  renameSync(building, dist);
} catch (error) {
  fail(`The build failed: ${error.message}`);
}

function fail(message) {
  rmSync(building, { recursive: true, force: true });
  console.error(message);
  process.exit(1);
}
