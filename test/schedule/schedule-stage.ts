import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Delivery } from '../../src/domain/schedule/delivery.js';
import { openShell, type RunningCommand, type Shell } from '../support/command-line.js';
import { startFakeProviders, type FakeProviders } from '../support/fake-providers.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { configFor, KEYS } from '../support/rig.js';
import { startWebServer, type WebServer } from './web-server.js';

export const SECRET = 'a signing secret';

const MORE = `
network: { allowHosts: [127.0.0.1], webhookSecrets: [HOOK_SECRET, NOBODY_SET_IT] }
tasks: { topics: { instruction: "topics: Name the topics of the text." } }
routes: { topics: [openai] }
`;

/** A person's shell with a worker, before fake vendors and a web server of our own. */
export interface ScheduleStage {
  web: WebServer;
  fake: FakeProviders;
  client: Client;
  /** What `startWorker` started last; one runs from the beginning. */
  worker: RunningCommand;
  startWorker(): Promise<void>;
  /** `understudy schedule …` @returns what it wrote to stdout @throws when it fails */
  schedule(...args: string[]): Promise<string>;
  /** The results in a file, none while it is not there. */
  linesOf(file: string): Promise<Delivery[]>;
  /** The id of the last run of a schedule; undefined before the first. */
  lastRunOf(id: string): Promise<string | undefined>;
  statusOf(id: string): Promise<string | undefined>;
  close(): Promise<void>;
}

export async function openScheduleStage(): Promise<ScheduleStage> {
  const namespace = testNamespace();
  const web = await startWebServer();
  const fake = await startFakeProviders();
  const env = { ...KEYS, TEMPORAL_ADDRESS: temporalAddress, TEMPORAL_NAMESPACE: namespace, HOOK_SECRET: SECRET };
  const shell = await openShell(env);
  await shell.write('understudy.yaml', priced(configFor(fake, MORE)));
  const client = new Client({ connection: await Connection.connect({ address: temporalAddress }), namespace });

  async function lastRunOf(id: string): Promise<string | undefined> {
    const { info } = await client.schedule.getHandle(id).describe();
    return info.recentActions.at(-1)?.action.workflow.workflowId;
  }

  const stage = {
    web,
    fake,
    client,
    worker: await startWorkerIn(shell),
    async startWorker() {
      stage.worker = await startWorkerIn(shell);
    },
    async schedule(...args: string[]) {
      const { code, stdout, stderr } = await shell.understudy(['schedule', ...args]);
      if (code !== 0) throw new Error(stderr);
      return stdout;
    },
    async linesOf(file: string) {
      const content = await readFile(join(shell.folder, file), 'utf8').catch(() => '');
      return content
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Delivery);
    },
    lastRunOf,
    async statusOf(id: string) {
      const run = await lastRunOf(id);
      return run === undefined ? undefined : (await client.workflow.getHandle(run).describe()).status.name;
    },
    async close() {
      for await (const { scheduleId } of client.schedule.list()) await client.schedule.getHandle(scheduleId).delete();
      await shell.close();
      await client.connection.close();
      await web.close();
      await fake.close();
    },
  };
  return stage;
}

async function startWorkerIn(shell: Shell): Promise<RunningCommand> {
  const worker = shell.start(['worker']);
  await worker.says(/^ready/m);
  return worker;
}

/** A budget needs a price for everybody. */
function priced(config: string): string {
  return config.replace(
    /(kind: huggingface.*) }/,
    '$1, price: { inputPerMillionTokens: 1, outputPerMillionTokens: 2 } }',
  );
}

export const titles = (deliveries: readonly Delivery[]) => deliveries.map(({ title }) => title).sort();
