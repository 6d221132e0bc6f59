#!/usr/bin/env node
import { existsSync } from 'node:fs';
import module from 'node:module';

const isCheckout = existsSync(new URL('../src', import.meta.url)); // a package or an image has what was built only
if (isCheckout) {
  const { prepareOrExit } = await import('../scripts/checkout.mjs');
  await prepareOrExit({ missing: 'refuse' }); // new code from others is installed by whoever asks for it
}
module.enableCompileCache?.(); // from Node 22.1 on: what was compiled once is not compiled again
await import('../dist/start/client.js');
