import { z } from 'zod';
import { held } from '../input.js';

const MAX_WORKERS = 200;
const MAX_NAMES = 1_000;
const name = z.string().max(1_000);

/** Which workers to ask, by the task queue that each has for itself. */
export const doctorInput = held(z.strictObject({ workers: z.array(name).max(MAX_WORKERS) }));
export type DoctorInput = z.output<ReturnType<typeof doctorInput>>;

const workerFacts = z.strictObject({
  identity: name,
  /** Version of the package, and of its sources. */
  build: name,
  node: name,
  /** How far the worker's clock is ahead of the server's, as far as one can tell. Milliseconds. */
  clockAheadMs: z.number(),
  /** Whom it can be asked for, with the tasks. */
  serves: z.array(z.strictObject({ provider: name, tasks: z.array(name).max(MAX_NAMES) })).max(MAX_NAMES),
  /** Whom it cannot ask, and the variable that would change it. */
  missing: z.array(z.strictObject({ provider: name, missingKey: name })).max(MAX_NAMES),
  /** Ids of its keys, the one that encrypts first; none: what the server keeps is readable. */
  encryptionKeys: z.array(name).max(MAX_NAMES),
});
export type WorkerFacts = z.output<typeof workerFacts>;

const providerCheck = z.strictObject({
  provider: name,
  task: name,
  tookMs: z.number(),
  /** Absent where it answered. */
  failure: z.strictObject({ kind: name, message: z.string().max(2_000) }).optional(),
});
export type ProviderCheck = z.output<typeof providerCheck>;

const examined = z.strictObject({
  taskQueue: name,
  facts: workerFacts.optional(),
  checks: z.array(providerCheck).max(MAX_NAMES),
  /** Why it could not be asked. */
  trouble: z.string().max(2_000).optional(),
});
export const examination = held(z.array(examined).max(MAX_WORKERS));
/** What each worker says of itself. */
export type Examination = z.output<ReturnType<typeof examination>>;

/**
 * The task queue that one worker process has for itself.
 * @param identity as the worker tells the server; undefined for one that is not ours
 */
export function workerTaskQueueOf(identity: string): string | undefined {
  const [, process] = /^understudy@(.{1,253}:\d{1,10}) \(/.exec(identity) ?? [];
  return process === undefined ? undefined : `understudy.worker.${process}`;
}
