import { expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

it('whoever follows a run stays there while the server is away, and hears its end', async () => {
  const args = ['--import', './test/support/register-typescript.mjs', './test/support/follow-away.ts'];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args);
  expect(stdout).toBe('{"result":"here again"}\n');
  expect(stderr).toContain('the Temporal server does not answer; still trying');
});
