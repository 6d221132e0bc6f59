import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { outageBoard } from '../../../src/activities/outage/outage-board.js';
import type { OutageReport } from '../../../src/domain/outage/outage-report.js';
import { temporalAddress, testNamespace } from '../../support/namespace.js';
import { until } from '../../support/until.js';

const WORKERS_REMEMBER_MS = 1_000;

let connection: Connection;
let client: Client;
beforeAll(async () => {
  connection = await Connection.connect({ address: temporalAddress });
  client = new Client({ connection, namespace: testNamespace() });
});
afterAll(() => connection.close());

const reportOf = (isCertain: boolean): OutageReport => ({
  ...{ provider: 'openai', model: 'mini', task: 'summarize', worker: 'one', isCertain, isLastToServe: false },
  failure: { kind: 'Unavailable', message: '503' },
  ...{ timeoutMs: 20_000, probeMs: 20_000 },
});

it('tells what it held back when it is closed', async () => {
  const board = outageBoard(client, (line) => {
    throw new Error(line);
  });
  board.report({ ...reportOf(false), model: 'last' });
  await board.close();
  expect(await board.stateOf('openai/last')).toMatchObject({ phase: 'suspected' });
  await client.workflow.getHandle('outage/openai/last').terminate();
});

it('a certain failure holds while the outage that was only suspected has not heard of it', async () => {
  const board = outageBoard(client, (line) => {
    throw new Error(line);
  });
  board.report(reportOf(false)); // nobody runs its workflow, as where thousands wait for a workflow task
  await until(async () => (await board.stateOf('openai/mini')) !== undefined);
  expect(await board.outOfUse('openai', 'mini')).toBeUndefined();

  board.report(reportOf(true));
  for (let look = 0; look < 3; look += 1) {
    expect(await board.outOfUse('openai', 'mini')).toMatchObject({ unit: 'openai/mini', cause: 'Unavailable' });
    await sleep(WORKERS_REMEMBER_MS + 100);
  }

  await client.workflow.getHandle('outage/openai/mini').terminate();
  await until(async () => (await board.outOfUse('openai', 'mini')) === undefined);
});
