import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, it } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import { openChromium, type Browser } from '../support/chromium.js';
import { embeddedPort, openShell, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { configFor, KEYS } from '../support/rig-at.js';
import { until } from '../support/until.js';
import { reads } from './pages.js';

const TEXT = 'The new espresso machine arrived two days early. It heats quickly, and the crema is rich.';
/** A folder for what the pages look like, as the documentation shows it; empty: none is wanted. */
const SCREENSHOTS = process.env.WEB_UI_SCREENSHOTS ?? '';

let browser: Browser;
let shell: Shell;
let fake: FakeProviders;
let client: Client;
let pages: string;
before(async () => {
  browser = await openChromium();
  fake = await startFakeProviders();
  shell = await openShell(KEYS);
  await shell.write('understudy.yaml', configFor(fake));
  const port = await embeddedPort();
  const up = shell.start(['up', '--port', String(port)]);
  await up.says(/^ready/m);
  pages = `http://127.0.0.1:${port + 1_000}/namespaces/default/workflows`;
  const address = `127.0.0.1:${port}`;
  client = new Client({ connection: await Connection.connect({ address }) });

  const analyze = async (id: string) => {
    const env = { TEMPORAL_ADDRESS: address };
    assert.equal((await shell.understudy(['analyze', TEXT, '--id', id], { env })).code, 0);
  };
  await analyze('espresso-plain');
  fake.always('openai', '503');
  await analyze('espresso-failover');
  await until(async () => (await outages()).length > 0);
});
after(async () => {
  await browser.close();
  await client.connection.close();
  await shell.close();
  await fake.close();
});

async function outages(): Promise<string[]> {
  const ids: string[] = [];
  for await (const { workflowId } of client.workflow.list({ query: "WorkflowType = 'outage'" })) ids.push(workflowId);
  return ids;
}

async function pageOf(workflowId: string, view: 'timeline' | 'history'): Promise<string> {
  const { runId } = await client.workflow.getHandle(workflowId).describe();
  return `${pages}/${encodeURIComponent(workflowId)}/${runId}/${view}`;
}

async function pictured(name: string): Promise<void> {
  if (SCREENSHOTS === '') return;
  await mkdir(SCREENSHOTS, { recursive: true });
  await writeFile(join(SCREENSHOTS, `${name}.png`), await browser.screenshot());
}

for (const view of ['timeline', 'history'] as const) {
  void it(`the ${view} of a run that failed over shows who was asked, why that failed, and who answered`, async () => {
    const asked = ['summarize with openai', 'summarize with huggingface', 'sentiment with huggingface'];
    const text = await reads(browser, await pageOf('espresso-failover', view), ...asked);
    const [first = -1, second = -1, last = -1] = asked.map((each) => text.lastIndexOf(each));
    assert.ok(last < second && second < first, 'the latest stands first');
    assert.ok(text.includes('Unavailable') && text.includes('503 The server is overloaded'), text);
    if (view === 'timeline') await pictured('web-ui');
  });
}

void it('a filter by UnderstudyFailedOver finds the runs that did, and leaves the others out', async () => {
  const filtered = `${pages}?query=${encodeURIComponent('UnderstudyFailedOver = true')}`;
  const text = await reads(browser, filtered, 'espresso-failover');
  await pictured('web-ui-failed-over');
  assert.ok(!text.includes('espresso-plain'), text);
});

void it('the page of an outage tells what it is of, and its cause', async () => {
  const [outage = ''] = await outages();
  assert.match(outage, /^outage\/openai\//);
  const text = await reads(browser, await pageOf(outage, 'history'), outage, 'Unavailable', 'Activity Task Failed');
  assert.ok(text.includes('503 The server is overloaded'), text);
});
