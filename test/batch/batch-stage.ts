import { expect } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResultLine } from '../../src/domain/batch/result-line.js';
import type { FakeProviders } from '../support/fake-providers.js';
import { openShell, type Ended, type Shell } from '../support/command-line.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, ENCRYPTION_YAML, KEYS, openRig, type Rig } from '../support/rig.js';

/** A worker of ours, and a shell in the folder whose files it reads and writes. */
export interface BatchStage {
  rig: Rig;
  shell: Shell;
  /** `npx understudy batch …` */
  batch(...args: string[]): Promise<Ended>;
  linesOf(name: string): Promise<ResultLine[]>;
  close(): Promise<void>;
}

/** @param more YAML, from the fake vendors, in place of the two of the default routes */
export async function openBatchStage(more?: (fake: FakeProviders) => string): Promise<BatchStage> {
  const shell = await openShell({ ...KEYS, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: testNamespace() });
  const price = 'price: { inputPerMillionTokens: 1, outputPerMillionTokens: 2 }';
  const files = `files: { root: "${shell.folder}" }`;
  const rig = await openRig((fake) =>
    more
      ? `${more(fake)}\n${files}`
      : configFor(fake, files).replace('timeoutMs: 2000 }', `timeoutMs: 2000, ${price} }`),
  );
  if (more || ENCRYPTION_YAML !== '') {
    const config = more ? `${more(rig.fake)}\n${files}` : '';
    await shell.write('understudy.yaml', `${ENCRYPTION_YAML}\n${config}`);
  }
  return {
    rig,
    shell,
    batch: (...args) => shell.understudy(['batch', ...args]),
    async linesOf(name) {
      const content = await readFile(join(shell.folder, name), 'utf8');
      expect(content.endsWith('\n')).toBe(true);
      return content
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as ResultLine);
    },
    async close() {
      await shell.close();
      await rig.close();
    },
  };
}

/** So many good lines. */
export function jsonl(count: number): string {
  const line = (_: unknown, index: number) =>
    JSON.stringify({ id: `r${index + 1}`, text: `Text ${index + 1} was good.` });
  return Array.from({ length: count }, line).join('\n');
}
