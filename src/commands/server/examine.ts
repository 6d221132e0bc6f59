import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { loadConfig, missingKeyOf } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import { PROBE_TEXT } from '../../domain/outage/outage.js';
import { ANALYZE_TASK_QUEUE, taskQueueOf } from '../../domain/task-queues.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { table } from '../terminal/table.js';
import { printed } from '../terminal/say.js';
import { screenOf } from '../terminal/screen.js';

/** What was looked at, whether it is well, and what to do where it is not. */
interface Finding {
  subject: string;
  well: boolean;
  remark: string;
}

/** Looks at everything that a run needs. @returns the exit code */
export async function examine(): Promise<number> {
  const config = loadConfig();
  const { address, namespace, ...target } = targetFromEnvironment();
  const client = await connectClient({ address, namespace, ...target });
  const findings: Finding[] = [{ subject: 'server', well: true, remark: address }];
  findings.push(await checkNamespace(client, namespace));
  findings.push(...(await checkWorkers(client, namespace, config)));
  findings.push(...(await Promise.all(Object.keys(config.providers).map((name) => checkProvider(name, config)))));
  const rows = findings.map(({ subject, well, remark }) => [{ mark: well ? 'well' : 'bad' } as const, subject, remark]);
  printed(table([{}, {}, { wraps: true }], rows, screenOf(process.stdout)));
  return findings.every(({ well }) => well) ? 0 : 1;
}

async function checkNamespace(client: Client, namespace: string): Promise<Finding> {
  const subject = `namespace ${namespace}`;
  try {
    await client.workflowService.describeNamespace({ namespace });
    return { subject, well: true, remark: 'exists' };
  } catch {
    const remark = `not found; create it with: temporal operator namespace create --namespace ${namespace}`;
    return { subject, well: false, remark };
  }
}

function checkWorkers({ workflowService }: Client, namespace: string, config: Config): Promise<Finding[]> {
  const { TASK_QUEUE_TYPE_WORKFLOW, TASK_QUEUE_TYPE_ACTIVITY } = proto.temporal.api.enums.v1.TaskQueueType;
  const served = Object.keys(config.providers).filter((name) => missingKeyIn(config, name) === undefined);
  const queues = [
    { name: ANALYZE_TASK_QUEUE, taskQueueType: TASK_QUEUE_TYPE_WORKFLOW },
    ...served.map((name) => ({ name: taskQueueOf(name), taskQueueType: TASK_QUEUE_TYPE_ACTIVITY })),
  ];
  return Promise.all(
    queues.map(async ({ name, taskQueueType }) => {
      const { pollers } = await workflowService
        .describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType })
        .catch(() => ({ pollers: [] }));
      const identities = new Set(pollers.map(({ identity }) => identity));
      const well = identities.size > 0;
      const remark = well ? [...identities].join(', ') : 'nobody polls it; start a worker with: npx understudy worker';
      return { subject: `task queue ${name}`, well, remark };
    }),
  );
}

async function checkProvider(name: string, config: Config): Promise<Finding> {
  const subject = `provider ${name}`;
  const missingKey = missingKeyIn(config, name);
  if (missingKey !== undefined) return { subject, ...withoutKey(missingKey, config) };
  const startedAtMs = Date.now();
  try {
    const { providerFrom } = await import('../../host/provider-service.js'); // 60 MB that other commands do without
    await providerFrom(name, config).answer('sentiment', PROBE_TEXT, new AbortController().signal);
    return { subject, well: true, remark: `answers in ${Date.now() - startedAtMs} ms` };
  } catch (error) {
    return { subject, well: false, remark: error instanceof Error ? error.message : String(error) };
  }
}

function missingKeyIn({ providers }: Config, name: string): string | undefined {
  const settings = providers[name];
  return settings && missingKeyOf(settings);
}

/** Without any key the local provider serves, and nothing is wrong. */
function withoutKey(missingKey: string, config: Config): Omit<Finding, 'subject'> {
  const isServed = Object.entries(config.providers).some(
    ([name, { kind }]) => kind !== 'local' && missingKeyIn(config, name) === undefined,
  );
  if (!isServed) return { well: true, remark: `no API key (set ${missingKey}); the local provider serves` };
  return { well: false, remark: `no API key here: set ${missingKey}, or run doctor where the worker runs` };
}
