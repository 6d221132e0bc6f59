import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { Analysis, AnalyzeInput } from '../../src/domain/analyze/analysis.js';
import { parseConfig } from '../../src/config/config-schema.js';
import { unitOf } from '../../src/domain/failover/out-of-use.js';
import { configuredProviders } from '../../src/host/provider-service.js';
import { PROBE_TEXT } from '../../src/domain/outage/outage.js';
import type { analyze } from '../../src/workflows/analyze/analyze.js';
import { openShell, type RunningCommand } from './command-line.js';
import { startFakeProviders, type FakeProviders, type LoggedRequest } from './fake-providers.js';
import { temporalAddress, testNamespace } from './namespace.js';
import { configFor, KEYS, outcomeOf, type Failed } from './rig.js';

/** `FLEET_FULL=1` runs the scenarios in the length in which they are judged. */
export const FULL = process.env.FLEET_FULL === '1';

/** Workers as processes of their own, before fake vendors on real sockets. */
export interface Fleet {
  client: Client;
  fake: FakeProviders;
  workers: RunningCommand[];
  /** @param env beside what all have; a variable that is empty counts as not set */
  addWorker(env?: Record<string, string>): Promise<RunningCommand>;
  /** Takes a worker out, however it ends. */
  end(worker: RunningCommand, signal: NodeJS.Signals): Promise<void>;
  start(input: AnalyzeInput): Promise<WorkflowHandle<typeof analyze>>;
  run(input: AnalyzeInput): Promise<Analysis | Failed>;
  /** The model that a provider summarizes with, as its outage names it. */
  unit(provider: string): string;
  /** Requests of runs, not of probes. */
  requestsOfRuns(provider?: string): LoggedRequest[];
  close(): Promise<void>;
}

interface FleetOptions {
  workers?: number;
  /** YAML, from the fake vendors. */
  config?: (fake: FakeProviders) => string;
  address?: string;
  namespace?: string;
}

export async function openFleet({
  workers: size = 3,
  config = configFor,
  address = temporalAddress,
  namespace = testNamespace(),
}: FleetOptions = {}): Promise<Fleet> {
  const fake = await startFakeProviders();
  const shell = await openShell({ ...KEYS, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace });
  await shell.write('understudy.yaml', config(fake));
  const providers = configuredProviders(parseConfig(config(fake), 'test'), []);
  const connection = await Connection.connect({ address });
  const client = new Client({ connection, namespace });
  const workers: RunningCommand[] = [];

  async function addWorker(env: Record<string, string> = {}): Promise<RunningCommand> {
    const worker = shell.start(['worker'], { env });
    workers.push(worker);
    await worker.says(/^ready/m);
    return worker;
  }
  const start = (input: AnalyzeInput) =>
    client.workflow.start<typeof analyze>('analyze', {
      taskQueue: 'understudy',
      workflowId: randomUUID(),
      args: [input],
    });
  await Promise.all(Array.from({ length: size }, () => addWorker()));

  return {
    client,
    fake,
    workers,
    addWorker,
    async end(worker, signal) {
      workers.splice(workers.indexOf(worker), 1);
      worker.signal(signal);
      await worker.ended;
    },
    start,
    run: async (input) => outcomeOf(await start(input)),
    unit: (provider) => unitOf(provider, providers.get(provider)?.provider.models.summarize),
    requestsOfRuns: (provider) =>
      fake.log.filter(({ text, name }) => text !== PROBE_TEXT && (provider ?? name) === name),
    async close() {
      await shell.close();
      await connection.close();
      await fake.close();
    },
  };
}

/** Who answered the summary of a run; the type of its error when nobody did. */
export function summarizedBy(outcome: Analysis | Failed): string {
  if ('error' in outcome) return outcome.error.type;
  return outcome.attempts.find((each) => each.task === 'summarize' && each.outcome === 'ok')?.provider ?? 'nobody';
}
