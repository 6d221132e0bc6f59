#!/usr/bin/env node
import { existsSync } from 'node:fs';

const isCheckout = existsSync(new URL('../src', import.meta.url)); // a package or an image has what was built only
if (isCheckout) {
  const { prepareOrExit } = await import('../scripts/checkout.mjs');
  await prepareOrExit({ missing: 'refuse' }); // new code from others is installed by whoever asks for it
}
await import('../dist/client.js');
