import { build } from 'esbuild';
import { join } from 'node:path';

/** What a mere client needs of the packages: read as one file it takes half the time. */
const BUNDLED = /^(@temporalio\/(client|common|envconfig|proto)|commander|yaml|zod|ms|string-width)(\/|$)/;
/** What a worker needs is read from where it is, once: its own parts have to meet the SDK's. */
const LEFT_ALONE = /\/(host\/host|temporal\/runtime)\.js$/;

/**
 * Bundles the command line for its start: `<folder>/start/` beside what the compiler made.
 * @param folder what the compiler made
 */
export async function bundleCommands(folder) {
  await build({
    entryPoints: [join(folder, 'client.js')],
    outdir: join(folder, 'start'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    chunkNames: '[name]-[hash]',
    banner: {
      // Of packages that are no modules of their own.
      js: "import{createRequire as __ours}from'node:module';import{fileURLToPath as __path}from'node:url';const require=__ours(import.meta.url),__filename=__path(import.meta.url),__dirname=__path(new URL('.',import.meta.url));",
    },
    plugins: [{ name: 'what is bundled', setup: (bundling) => chooseIn(bundling, folder) }],
  });
}

function chooseIn({ onResolve }, folder) {
  onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
    if (kind === 'entry-point' || path.startsWith('node:')) return undefined;
    const isOurs = importer.startsWith(folder);
    if (path.startsWith('.')) {
      if (!isOurs || !LEFT_ALONE.test(path)) return undefined;
      return { path: `../${path.replace(/^(\.\.?\/)+/, '')}`, external: true };
    }
    return isOurs && !BUNDLED.test(path) ? { path, external: true } : undefined;
  });
}
