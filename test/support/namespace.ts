import { expect } from '@jest/globals';
import { fileURLToPath } from 'node:url';
import { relative } from 'node:path';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Address of the Temporal server of this test run. */
export const temporalAddress = String(process.env.TEST_TEMPORAL_ADDRESS);

/** The namespace that the running test file has for itself. */
export function testNamespace(): string {
  const namespaces = JSON.parse(process.env.TEST_NAMESPACES ?? '{}') as Record<string, string>;
  const file = relative(ROOT, expect.getState().testPath ?? '');
  const namespace = namespaces[file];
  if (namespace === undefined) throw new Error(`start-server.mjs made no namespace for ${file}`);
  return namespace;
}
