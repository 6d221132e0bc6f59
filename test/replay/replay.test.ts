import { beforeAll, describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker, type ReplayWorkerOptions } from '@temporalio/worker';
import { DeterminismViolationError } from '@temporalio/workflow';

const FOLDER = new URL('histories/', import.meta.url);
const BUNDLE = fileURLToPath(new URL('../../dist/workflow-bundle.js', import.meta.url));
const YOURS = fileURLToPath(new URL('../workflows/ask/yours.ts', import.meta.url));

interface RecordedHistory {
  events: {
    workflowExecutionStartedEventAttributes?: { workflowId: string };
    activityTaskScheduledEventAttributes?: { activityType: { name: string } };
  }[];
}

function recorded(file: string): RecordedHistory {
  return JSON.parse(readFileSync(new URL(file, FOLDER), 'utf8')) as RecordedHistory;
}

const OURS = { workflowBundle: { codePath: BUNDLE } };
const TRACED = { workflowBundle: { codePath: BUNDLE.replace(/\.js$/, '.traced.js') } };

async function replay(history: RecordedHistory, code: ReplayWorkerOptions = OURS): Promise<void> {
  const workflowId = history.events[0]?.workflowExecutionStartedEventAttributes?.workflowId;
  await Worker.runReplayHistory(code, historyFromJSON(history), workflowId);
}

beforeAll(() => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
});

/** `analyze-waits.v2.json`: workflow and case, version of the code that made it; `yours`: of workflows with `ask`. */
describe('the code of today replays', () => {
  it.each(readdirSync(FOLDER))('%s', async (file) => {
    await replay(recorded(file), file.startsWith('yours-') ? { workflowsPath: YOURS } : OURS);
  });

  it.each(readdirSync(FOLDER).filter((file) => !file.startsWith('yours-')))('%s, by a worker that traces', (file) =>
    replay(recorded(file), TRACED),
  );
});

it('a history that the code of today would not make is a determinism error', async () => {
  const history = recorded('analyze-failover.v2.json');
  const scheduled = history.events.find((event) => event.activityTaskScheduledEventAttributes);
  if (scheduled?.activityTaskScheduledEventAttributes) {
    scheduled.activityTaskScheduledEventAttributes.activityType.name = 'translate';
  }
  await expect(replay(history)).rejects.toThrow(DeterminismViolationError);
});

it('a recorded history names no machine', () => {
  for (const file of readdirSync(FOLDER)) {
    const text = readFileSync(new URL(file, FOLDER), 'utf8');
    const payloads = [...text.matchAll(/"data": "([A-Za-z0-9+/=]+)"/g)].map(([, data = '']) =>
      Buffer.from(data, 'base64').toString(),
    );
    expect([text, ...payloads].join('\n')).not.toMatch(/\/(work|home|root|tmp|Users)\/|file:\/\//);
  }
});
