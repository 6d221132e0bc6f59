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
  for (const [name, dataConverter] of [
    ['workflow-bundle.js', { payloadConverterPath: converters }],
    ['workflow-bundle.encrypted.js', { failureConverterPath: converters, payloadConverterPath: converters }],
  ]) {
    const { code } = await bundleWorkflowCode({
      workflowsPath,
      preloadModules: [workflowsPath], // once a worker and not once a run; they hold no state, and are frozen
      logger: new DefaultLogger('WARN'),
      ...dataConverter,
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
