import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type Client } from '@temporalio/client';
import type { Config } from '../../config/config-schema.js';
import {
  examination,
  workerTaskQueueOf,
  type Examination,
  type ProviderCheck,
  type WorkerFacts,
} from '../../domain/doctor/examination.js';
import { parsedAs } from '../../domain/input.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import type { Finding } from './examine-server.js';
import { liveWorkers } from './live-workers.js';

const EXAMINED_WITHIN = '5m';
const MAX_WORKERS = 200;
/** Timers and outages are reckoned by clocks. */
const MAX_CLOCK_MS = 2_000;
const START = 'start one with: npx understudy worker';

/** Asks every worker that lives. */
export async function examineFleet(client: Client, config: Config) {
  const identities = await knownWorkers(client);
  const queues = identities.flatMap((each) => workerTaskQueueOf(each) ?? []).slice(0, MAX_WORKERS);
  if (queues.length === 0) {
    const none = { subject: 'workers', well: false, remark: 'no worker is known to the server', todo: START };
    return { findings: [none], workers: [] };
  }
  const isAnyForWorkflows = identities.some((each) => /\((.*, )?workflows[,)]/.test(each));
  const workers = isAnyForWorkflows ? await examined(client, queues) : undefined;
  if (workers === undefined) {
    const remark = 'nobody serves workflows, so that nobody could be asked';
    const todo = 'start one with: npx understudy worker --serve workflows';
    const known = identities.map((each) => ({ subject: `worker ${each}`, well: true, remark: 'lives' }));
    return { findings: [...known, { subject: 'workflows', well: false, remark, todo }], workers: [] };
  }
  return { findings: [...workers.flatMap((each) => findingsOf(each, config)), ...unserved(workers, config)], workers };
}

/** A worker that has just started is known to the server a few seconds later. */
async function knownWorkers(client: Client): Promise<string[]> {
  const untilMs = Date.now() + KNOWN_WITHIN_MS;
  let identities = await liveWorkers(client);
  while (identities.length === 0 && Date.now() < untilMs) {
    await sleep(LOOK_EVERY_MS);
    identities = await liveWorkers(client);
  }
  return identities;
}

const KNOWN_WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 500;

async function examined(client: Client, workers: string[]): Promise<Examination | undefined> {
  try {
    const told: unknown = await client.workflow.execute('doctor', {
      workflowId: `doctor-${randomUUID()}`,
      taskQueue: ANALYZE_TASK_QUEUE,
      args: [{ workers }],
      workflowExecutionTimeout: EXAMINED_WITHIN,
    });
    const parsed = parsedAs(examination, told);
    return 'value' in parsed ? parsed.value : undefined;
  } catch (error) {
    if (error instanceof WorkflowFailedError) return undefined;
    throw error;
  }
}

function findingsOf({ taskQueue, facts, checks, trouble }: Examination[number], config: Config): Finding[] {
  const name = taskQueue.replace(/^understudy\.worker\./, '');
  if (!facts) {
    const remark = `does not answer: ${trouble ?? ''}`;
    return [
      { subject: `worker ${name}`, well: false, remark, todo: 'restart it, or wait until the server forgets it' },
    ];
  }
  return [
    workerFinding(name, facts),
    ...encryptionFinding(name, facts, config),
    ...checks.map((each) => checkFinding(name, each)),
  ];
}

function workerFinding(name: string, { identity, build, node, clockAheadMs }: WorkerFacts): Finding {
  const subject = `worker ${name}`;
  const serves = /\((.*)\)$/.exec(identity)?.[1] ?? '';
  const remark = `${serves}; build ${build}, Node ${node}`;
  if (Math.abs(clockAheadMs) <= MAX_CLOCK_MS) return { subject, well: true, remark };
  const seconds = (clockAheadMs / 1_000).toFixed(1);
  return {
    subject,
    well: false,
    remark: `${remark}; its clock is ${seconds} s off the server's`,
    todo: 'set up NTP there',
  };
}

function encryptionFinding(name: string, { encryptionKeys }: WorkerFacts, { encryption }: Config): Finding[] {
  const [theirs = 'none'] = encryptionKeys;
  const ours = encryption?.keys[0]?.id ?? 'none';
  if (theirs === ours) return [];
  const remark = `encrypts with key ${theirs}, this configuration with ${ours}`;
  return [{ subject: `encryption ${name}`, well: false, remark, todo: 'give both the same understudy.yaml and keys' }];
}

function checkFinding(name: string, { provider, task, tookMs, failure }: ProviderCheck): Finding {
  const subject = `${provider} ${task} on ${name}`;
  if (!failure) return { subject, well: true, remark: `answers in ${tookMs} ms` };
  const todo = TODO[failure.kind];
  return { subject, well: false, remark: `${failure.kind}: ${failure.message}`, ...(todo !== undefined && { todo }) };
}

const TODO: Partial<Record<string, string>> = {
  Auth: 'set the key in the environment of that worker, and restart it',
  QuotaExhausted: 'add credit to the account',
  RateLimited: 'set requestsPerSecond below the limit of the account',
  Unavailable: 'the others answer meanwhile; is there a way out from that host?',
  Timeout: 'is there a way out from that host? timeoutMs may be too short',
  BadRequest: 'set model or baseUrl: the vendor does not know what it is asked for',
  BadOutput: 'set structuredOutput: prompt, or another model',
};

/** Providers of a route that no worker serves; without any key at all the local one serves, and nothing is wrong. */
function unserved(workers: Examination, { routes, providers }: Config): Finding[] {
  const served = new Set(workers.flatMap(({ facts }) => facts?.serves.map(({ provider }) => provider) ?? []));
  const routed = [...new Set(Object.values(routes).flatMap((route) => route.providers))];
  const isAnyVendorServed = routed.some((name) => served.has(name) && providers[name]?.kind !== 'local');
  return routed
    .filter((name) => !served.has(name))
    .map((name) => {
      const missing = workers.flatMap(({ facts }) => facts?.missing.filter((each) => each.provider === name) ?? []);
      const key = missing[0]?.missingKey;
      const todo =
        key === undefined
          ? `start a worker with: npx understudy worker --serve ${name}`
          : `set ${key} where a worker runs`;
      const remark = isAnyVendorServed ? 'no worker serves it' : 'no worker serves it; the local provider answers';
      return { subject: `provider ${name}`, well: !isAnyVendorServed, remark, todo };
    });
}
