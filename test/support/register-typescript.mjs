/** `node --import ./test/support/register-typescript.mjs x.ts` runs TypeScript on every Node that we support. */
import { readFile } from 'node:fs/promises';
import { register } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { transform } from '@swc/core';

if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  const isOurs = specifier.startsWith('.') && !context.parentURL?.includes('/node_modules/');
  if (!isOurs || !specifier.endsWith('.js')) return next(specifier, context);
  return next(specifier.replace(/\.js$/, '.ts'), context).catch(() => next(specifier, context));
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const filename = fileURLToPath(url);
  const jsc = { target: 'es2023', parser: { syntax: 'typescript' } };
  const { code } = await transform(await readFile(filename, 'utf8'), { filename, jsc, sourceMaps: 'inline' });
  return { format: 'module', source: code, shortCircuit: true };
}
