import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { machine } from '../../src/config/config.js';
import { startDevServer } from '../../src/temporal/embedded/dev-server.js';
import { temporalCli } from '../../src/temporal/embedded/temporal-cli.js';
import { openChromium, type Browser } from '../support/chromium.js';
import { embeddedPort, openShell, type Shell } from '../support/command-line.js';
import { reads } from './pages.js';

const SENTENCE = 'The zebra signed the lease on Tuesday';

let browser: Browser;
let shell: Shell;
before(async () => {
  browser = await openChromium();
  shell = await openShell({ WEB_UI_KEY: '01'.repeat(32) });
  await shell.write('understudy.yaml', 'encryption: { keys: [{ id: k, env: WEB_UI_KEY }] }');
});
after(async () => {
  await browser.close();
  await shell.close();
});

/** In base64, as the Web UI shows what it cannot read. */
async function inputAsKept(address: string, workflowId: string): Promise<string> {
  const connection = await Connection.connect({ address });
  const { workflowService } = connection;
  const execution = { workflowId };
  const { history } = await workflowService.getWorkflowExecutionHistory({ namespace: 'default', execution });
  await connection.close();
  const [payload] = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads ?? [];
  return Buffer.from(payload?.data ?? []).toString('base64');
}

void it('the Web UI of `up` shows the text of a run, and without the codec server its ciphertext', async () => {
  const port = await embeddedPort();
  const up = shell.start(['up', '--port', String(port)]);
  await up.says(/^ready/m);
  const env = { TEMPORAL_ADDRESS: `127.0.0.1:${port}` };
  const { stdout, code } = await shell.understudy(['analyze', `${SENTENCE}. It is glad.`, '--json'], { env });
  assert.equal(code, 0);
  const { workflowId, runId } = JSON.parse(stdout) as { workflowId: string; runId: string };
  const page = `http://127.0.0.1:${port + 1_000}/namespaces/default/workflows/${workflowId}/${runId}/history`;
  const ciphertext = await inputAsKept(`127.0.0.1:${port}`, workflowId);
  assert.ok(!(await reads(browser, page, SENTENCE)).includes(ciphertext));
  up.signal('SIGTERM');
  assert.equal((await up.ended).code, 0);

  const { temporalCliPath: cliPath, searchPath, cacheDir, childEnv } = machine();
  const binary = await temporalCli({ cliPath, searchPath, cacheDir, env: childEnv, say: console.error });
  const dbFile = join(shell.folder, 'home', 'temporal.db');
  const server = await startDevServer({
    binary,
    port,
    uiPort: port + 1_000,
    dbFile,
    namespaces: ['default'],
    env: childEnv,
  });
  try {
    assert.ok(!(await reads(browser, page, ciphertext)).includes('zebra'));
  } finally {
    await server.stop();
  }
});
