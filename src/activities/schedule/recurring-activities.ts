import { cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { ENDPOINT_ERRORS, EndpointError } from '../../domain/schedule/endpoint-error.js';
import type { TextResult } from '../../domain/batch/result-line.js';
import { deliveries, post, type Delivery } from '../../domain/schedule/delivery.js';
import type { FilesElsewhere, HostFiles } from '../../domain/schedule/host-files.js';
import { news, type News } from '../../domain/schedule/memory.js';
import { readRequest, type Reading, type ReadRequest } from '../../domain/schedule/reading.js';
import { MAX_SCHEDULE_CHARS } from '../../domain/schedule/recurring.js';
import { MAX_ID_CHARS, pathName } from '../../domain/input.js';
import { rootedAt, type Root } from '../files/rooted.js';
import { parsedArgument } from '../input/parsed-arguments.js';
import { webBy, type NetworkRules } from './web/web.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import { cancellable } from '../heartbeat.js';
import { outcomeOf } from '../analyze/analysis-outcome.js';
import { memoryOf, tellMemory } from './memory.js';
import { openFiles, openRequest, type OpenRequest } from './open-files.js';
import { appendResults } from './sinks/append-results.js';
import { postResult, type Post } from './sinks/post-result.js';
import { readNew } from './sources/read-new.js';

/** What a recurring run does outside of Temporal. */
export interface RecurringActivities {
  openFiles(request: OpenRequest): Promise<HostFiles | FilesElsewhere>;
  readSource(request: ReadRequest): Promise<Reading>;
  /** Adds results to a file of this worker; doing it twice changes nothing. */
  appendToFile(path: string, deliveries: Delivery[]): Promise<void>;
  postToWebhook(post: Post): Promise<void>;
  remember(schedule: string, told: News): Promise<void>;
  /** Waits for what an earlier run has asked: it is not paid for twice. */
  awaitEarlierRun(workflowId: string): Promise<TextResult | TextFailure>;
}

interface Surroundings {
  /** The folder that holds all files. Absolute. */
  folder: string;
  network: NetworkRules;
  /** A variable of this worker's environment; undefined when it has none. */
  secretOf: (name: string) => string | undefined;
  client: Client;
  /** The queue of those who see the same files, and whose they are. */
  queue: string;
  host?: string;
  /** Queues of the other hosts that serve files of their own. */
  otherHosts: () => Promise<string[]>;
}

const scheduleName = () => z.string().min(1).max(MAX_SCHEDULE_CHARS);
const workflowName = () =>
  z
    .string()
    .min(1)
    .max(2 * MAX_ID_CHARS);

export function recurringActivities(surroundings: Surroundings): RecurringActivities {
  const { folder, network, secretOf, client, ...here } = surroundings;
  const web = webBy(network, secretOf);
  const act = <T>(work: (files: Root, signal: AbortSignal) => Promise<T>) =>
    cancellable(() => work(rootedAt(folder, cancellationSignal()), cancellationSignal())).catch((error: unknown) => {
      throw error instanceof EndpointError ? accessApplicationFailure(error) : error;
    });
  return {
    openFiles: (given) =>
      act(async (root) => {
        const request = parsedArgument(openRequest, given);
        const known = async () => (await memoryOf(client, request.schedule)).files;
        return openFiles(request, { root, known, ...here });
      }),
    readSource: (given) =>
      act((files, signal) => {
        const request = parsedArgument(readRequest, given);
        return readNew(request, { files, web, signal, memory: () => memoryOf(client, request.schedule) });
      }),
    appendToFile: (path, results) =>
      act((files) => appendResults(files, parsedArgument(pathName, path), parsedArgument(deliveries, results))),
    postToWebhook: (given) => act((_, signal) => postResult(parsedArgument(post, given), { web, signal })),
    remember: (schedule, told) =>
      act(() => tellMemory(client, parsedArgument(scheduleName, schedule), parsedArgument(news, told))),
    awaitEarlierRun: (id) =>
      act((_, signal) =>
        client.withAbortSignal(signal, () => outcomeOf<TextResult>(client, parsedArgument(workflowName, id))),
      ),
  };
}

function accessApplicationFailure({ kind, message, retryAfterMs }: EndpointError): ApplicationFailure {
  return ApplicationFailure.create({
    type: kind,
    message,
    nonRetryable: !ENDPOINT_ERRORS[kind].passes,
    ...(retryAfterMs !== undefined && { nextRetryDelay: retryAfterMs }),
  });
}
