import { randomUUID } from 'node:crypto';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import { loadConfig } from '../../config/config.js';
import type { Notice } from '../../domain/notices/notice.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { examineFleet } from './examine-fleet.js';
import { examineServer, type Finding } from './examine-server.js';
import { table } from '../terminal/table.js';
import { print, printed, printJson, say } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';

/** Asks everything that a run needs, and not this shell: it may have no key. @returns the exit code */
export async function examine(as: 'table' | 'json'): Promise<number> {
  const config = loadConfig();
  const target = targetFromEnvironment();
  const client = await connectClient(target);
  const findings: Finding[] = await examineServer(client, target);
  const { findings: ofFleet, workers } = await examineFleet(client, config);
  findings.push(...ofFleet);
  if (as === 'json') printJson({ well: findings.every(({ well }) => well), findings, workers });
  else {
    const rows = findings.map(({ subject, well, remark, todo }) => [
      { mark: well ? 'well' : 'bad' } as const,
      subject,
      todo === undefined ? remark : `${remark}; ${todo}`,
    ]);
    printed(table([{}, {}, { wraps: true }], rows, screenOf(process.stdout)));
  }
  return findings.every(({ well }) => well) ? 0 : 1;
}

const NOTICE_WITHIN = '60s';

/** Sends a notice to everybody, by the way of all others. @returns the exit code */
export async function tryNotices(): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const at = new Date().toISOString();
  const text = 'a test of the notices of understudy; nothing is wrong';
  const notice: Notice = { id: `test/${randomUUID()}`, topic: 'test', type: 'test', at, text, data: {} };
  const sentTo = await send(client, notice);
  if (sentTo === undefined) return 1;
  if (sentTo > 0) print(`${sentTo} took the notice`);
  else say('nobody wants notices: see notices in understudy.yaml of the workers');
  return sentTo > 0 ? 0 : 1;
}

async function send(client: Client, notice: Notice): Promise<number | undefined> {
  try {
    const { sentTo } = (await client.workflow.execute('notice', {
      workflowId: `notice/${notice.id}`,
      taskQueue: ANALYZE_TASK_QUEUE,
      args: [notice],
      workflowExecutionTimeout: NOTICE_WITHIN,
    })) as { sentTo: number };
    return sentTo;
  } catch (error) {
    if (!(error instanceof WorkflowFailedError)) throw error;
    say(`not taken within ${NOTICE_WITHIN}: ${error.cause?.message ?? 'see the activity sendNotice in the Web UI'}`);
    return undefined;
  }
}
