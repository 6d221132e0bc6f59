import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.js';
import { jsonl, openBatchStage, type BatchStage } from './batch-stage.js';

const TEXTS = 3;

let stage: BatchStage;
beforeAll(async () => {
  stage = await openBatchStage();
});
afterAll(() => stage.close());

it('a page that waits for its texts and has nothing to give back does nothing', async () => {
  const { rig, shell } = stage;
  const { workflow } = rig.client;
  for (const name of ['openai', 'huggingface']) rig.fake.control({ name, latencyMs: 1_500 });
  await shell.write('slow.jsonl', jsonl(TEXTS));
  const running = shell.start(['batch', 'slow.jsonl', '--out', 'slow.out', '--concurrency', String(TEXTS)]);
  const pages = async () => {
    const found: string[] = [];
    for await (const { workflowId, type } of workflow.list()) if (type === 'batchPage') found.push(workflowId);
    return found;
  };
  await until(async () => rig.fake.log.length >= TEXTS && (await pages()).length === 1);
  await sleep(1_200); // more than the first of the times after which it would give something back
  const [page = ''] = await pages();
  const { events } = await workflow.getHandle(page).fetchHistory();
  expect(events?.filter((event) => event.timerStartedEventAttributes)).toEqual([]);
  expect(await running.ended).toMatchObject({ code: 0 });
  expect(await stage.linesOf('slow.out')).toHaveLength(TEXTS);
});
