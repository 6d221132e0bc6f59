import { build } from 'esbuild';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What a mere client needs of the packages: read as one file it takes half the time. */
const BUNDLED = /^(@temporalio\/(client|common|envconfig|proto)|commander|yaml|zod|ms|fast-string-width)(\/|$)/;
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
    minifyWhitespace: true,
    minifySyntax: true, // and no names: errors tell theirs
    legalComments: 'none',
    logLevel: 'warning',
    chunkNames: '[name]-[hash]',
    banner: {
      // Of packages that are no modules of their own.
      js: "import{createRequire as __ours}from'node:module';import{fileURLToPath as __path}from'node:url';const require=__ours(import.meta.url),__filename=__path(import.meta.url),__dirname=__path(new URL('.',import.meta.url));",
    },
    plugins: [
      { name: 'what is bundled', setup: (bundling) => chooseIn(bundling, folder) },
      { name: 'what is left out', setup: leaveOut },
    ],
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

/** What a client never reads, of what the packages bring: half of what each start would have to go through. */
function leaveOut({ onLoad, onResolve }) {
  onResolve({ filter: /^@grpc\/proto-loader$/ }, ({ path }) => ({ path, external: true })); // for servers that describe themselves
  onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, () => ({
    contents: `export { default as en } from './en.js';`,
  }));
  onLoad({ filter: /\/@temporalio\/proto\/protos\/json-module\.js$/ }, async ({ path }) => {
    const source = await readFile(path, 'utf8');
    const descriptors = JSON.parse(source.slice(source.indexOf('.addJSON(') + 9, source.lastIndexOf(')')), forClients);
    delete descriptors.coresdk; // between the SDK's halves in a worker
    delete descriptors.temporal.nested.api.nested.cloud; // of Temporal Cloud's own control
    const json = JSON.stringify(JSON.stringify(descriptors));
    return {
      contents: `const { roots, Root } = require('protobufjs/light');
        module.exports = (roots.__temporal ??= new Root()).addJSON(JSON.parse(${json}));`,
    };
  });
}

/** Without how a method would look over HTTP, and what concerns other languages: gRPC needs none of it. */
function forClients(key, value) {
  if (typeof value === 'string' && (key === 'comment' || key === 'protoName')) return undefined;
  if (key === 'parsedOptions' || typeof value?.extend === 'string') return undefined;
  if (key !== 'options' || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([name]) => !/^\(|_package|_prefix|namespace|java_/.test(name));
  return kept.length > 0 ? Object.fromEntries(kept) : undefined;
}
