import { isFailureKind, type Failure } from '../failure.js';
import { isObject, numberIn, textIn } from '../parsed.js';
import type { Task } from '../task.js';

/** What a worker tells of a provider that failed. */
export interface OutageReport {
  provider: string;
  /** Of the model that failed. */
  model: string;
  /** What it failed at, and so what a probe asks of it. */
  task: Task;
  failure: Failure;
  /** Of a call, in milliseconds; a probe has all of it once the provider is closed. */
  timeoutMs: number;
  /** Of the probe that decides about a suspicion: from how long answers took lately. Milliseconds. */
  probeMs: number;
  /** So many calls failed that it cannot be chance: out of use while a probe decides. */
  isCertain: boolean;
  /** Identity of the worker. */
  worker: string;
  /** No other worker serves the provider, so there is nobody who could disagree. */
  isLastToServe: boolean;
  /** Of the provider, for the pace at which those who wait come back. */
  requestsPerSecond?: number;
  /** Whether somebody wants notices of outages, by the configuration of who reports; absent in reports of before. */
  announces?: boolean;
}

const MAX_NAME_CHARS = 300;
const MAX_MESSAGE_CHARS = 1_000;
const MAX_MS = 86_400_000;

/** Reads a report from what came over the wire. @returns undefined for what is none */
export function outageReportIn(value: unknown): OutageReport | undefined {
  if (!isObject(value)) return undefined;
  const provider = textIn(value.provider, MAX_NAME_CHARS);
  const model = textIn(value.model, MAX_NAME_CHARS);
  const task = textIn(value.task, MAX_NAME_CHARS) as Task | undefined;
  const worker = textIn(value.worker, MAX_NAME_CHARS);
  const failure = failureIn(value.failure);
  const timeoutMs = numberIn(value.timeoutMs, 1, MAX_MS);
  const probeMs = numberIn(value.probeMs, 1, MAX_MS);
  const requestsPerSecond = numberIn(value.requestsPerSecond, 0.001, 100_000);
  if (provider === undefined || model === undefined || task === undefined || worker === undefined) return undefined;
  if (failure === undefined || timeoutMs === undefined || probeMs === undefined) return undefined;
  const isCertain = value.isCertain === true;
  const isLastToServe = value.isLastToServe === true;
  const report = { provider, model, task, failure, timeoutMs, probeMs, isCertain, worker, isLastToServe };
  return {
    ...report,
    ...(requestsPerSecond !== undefined && { requestsPerSecond }),
    ...(typeof value.announces === 'boolean' && { announces: value.announces }),
  };
}

export function failureIn(value: unknown): Failure | undefined {
  if (!isObject(value) || !isFailureKind(value.kind) || typeof value.message !== 'string') return undefined;
  const retryAfterMs = numberIn(value.retryAfterMs, 0, MAX_MS);
  const message = value.message.slice(0, MAX_MESSAGE_CHARS);
  return { kind: value.kind, message, ...(retryAfterMs !== undefined && { retryAfterMs }) };
}
