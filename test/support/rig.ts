import type { FakeProviders } from './fake-providers.js';
import { temporalAddress, testNamespace } from './namespace.js';
import { openRigAt, type Rig } from './rig-at.js';

export { configFor, ENCRYPTION_YAML, KEYS, outcomeOf, type Failed, type Rig } from './rig-at.js';
export { until } from './until.js';

/** A rig in the namespace of the running test file. @param config YAML, from the fake vendors */
export function openRig(config?: (fake: FakeProviders) => string): Promise<Rig> {
  return openRigAt({ address: temporalAddress, namespace: testNamespace() }, config);
}
