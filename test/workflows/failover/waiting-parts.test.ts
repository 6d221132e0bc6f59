import { expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { temporalAddress, testNamespace } from '../../support/namespace.js';

it('parts of a text that wait for an outage which has just ended all look again soon, and ask it once', async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: temporalAddress });
  const workflowsPath = fileURLToPath(new URL('waiting-parts.ts', import.meta.url));
  const namespace = testNamespace();
  const worker = await Worker.create({ connection, namespace, taskQueue: 'parts', workflowsPath });
  const client = new Client({ connection: await Connection.connect({ address: temporalAddress }), namespace });
  const { events } = await worker.runUntil(async () => {
    const options = { taskQueue: 'parts', workflowId: randomUUID(), args: ['openai/mini'] };
    const handle = await client.workflow.start('waitingParts', options);
    await handle.result(); // by themselves they would look again after minutes
    return handle.fetchHistory();
  });
  await Worker.runReplayHistory({ workflowsPath }, { events });
  const asked = events?.filter((event) => event.signalExternalWorkflowExecutionInitiatedEventAttributes);
  expect(asked).toHaveLength(1);
  await client.connection.close();
  await connection.close();
});
