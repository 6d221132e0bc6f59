import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { until } from '../support/until.js';
import { jsonl, openBatchStage, type BatchStage } from './batch-stage.js';

let stage: BatchStage;
beforeAll(async () => {
  stage = await openBatchStage();
});
afterAll(() => stage.close());

it.each(['cancel', 'terminate'] as const)('a batch fails when somebody ends one of its pages: %s', async (end) => {
  const { rig, shell } = stage;
  await shell.write(`${end}.jsonl`, jsonl(120));
  rig.fake.control({ name: 'openai', latencyMs: 500 });
  const running = shell.start(['batch', `${end}.jsonl`, '--id', end, '--concurrency', '2']);
  const pages = rig.client.workflow;
  const firstPage = async () => {
    const { pages: open } = await pages.getHandle(`batch/${end}`).query<{ pages: string[] }>('status');
    return open[0];
  };
  await until(async () => (await firstPage().catch(() => undefined)) !== undefined);
  await pages.getHandle((await firstPage()) ?? '')[end]();
  expect(await running.ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/page 0 .*by itself/) });
  await until(async () => (await pages.getHandle(`batch/${end}`).describe()).status.name === 'FAILED');
});
