#!/usr/bin/env node
import { existsSync } from 'node:fs';

const isCheckout = existsSync(new URL('../src', import.meta.url)); // a package or an image has what was built only
if (isCheckout) await import('../scripts/prepare.mjs');
await import('../dist/client.js');
