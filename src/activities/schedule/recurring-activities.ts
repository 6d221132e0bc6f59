import { cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { ACCESS, AccessError } from '../../domain/schedule/access.js';
import type { Analysis } from '../../domain/analyze/analysis.js';
import {
  deliveries,
  post,
  readRequest,
  type Delivery,
  type Reading,
  type ReadRequest,
} from '../../domain/schedule/recurring.js';
import { MAX_ID_CHARS, pathName } from '../../domain/input.js';
import { rootedAt, type Root } from '../files/rooted.js';
import { parsedArgument } from '../input/parsed-arguments.js';
import { webBy, type NetworkRules } from './web/web.js';
import type { TextFailure } from '../../domain/failover/text-failure.js';
import { cancellable } from '../heartbeat.js';
import { outcomeOf } from '../analyze/analysis-outcome.js';
import { appendResults } from './sinks/append-results.js';
import { postResult, type Post } from './sinks/post-result.js';
import { readNew } from './sources/read-new.js';

/** What a recurring run does outside of Temporal. */
export interface RecurringActivities {
  readSource(request: ReadRequest): Promise<Reading>;
  /** Adds results to a file of this worker; doing it twice changes nothing. */
  appendToFile(path: string, deliveries: Delivery[]): Promise<void>;
  postToWebhook(post: Post): Promise<void>;
  /** Waits for an analysis that an earlier run started: it is not paid for twice. */
  awaitEarlierAnalysis(workflowId: string): Promise<Analysis | TextFailure>;
}

interface Surroundings {
  /** The folder that holds all files. Absolute. */
  folder: string;
  network: NetworkRules;
  /** A variable of this worker's environment; undefined when it has none. */
  secretOf: (name: string) => string | undefined;
  client: Client;
}

const workflowName = () =>
  z
    .string()
    .min(1)
    .max(2 * MAX_ID_CHARS);

export function recurringActivities({ folder, network, secretOf, client }: Surroundings): RecurringActivities {
  const web = webBy(network, secretOf);
  const act = <T>(work: (files: Root, signal: AbortSignal) => Promise<T>) =>
    cancellable(() => work(rootedAt(folder, cancellationSignal()), cancellationSignal())).catch((error: unknown) => {
      throw error instanceof AccessError ? accessApplicationFailure(error) : error;
    });
  return {
    readSource: (request) =>
      act((files, signal) => readNew(parsedArgument(readRequest, request), { files, web, signal })),
    appendToFile: (path, results) =>
      act((files) => appendResults(files, parsedArgument(pathName, path), parsedArgument(deliveries, results))),
    postToWebhook: (given) => act((_, signal) => postResult(parsedArgument(post, given), { web, signal })),
    awaitEarlierAnalysis: (id) =>
      act((_, signal) => client.withAbortSignal(signal, () => outcomeOf(client, parsedArgument(workflowName, id)))),
  };
}

function accessApplicationFailure({ kind, message, retryAfterMs }: AccessError): ApplicationFailure {
  return ApplicationFailure.create({
    type: kind,
    message,
    nonRetryable: !ACCESS[kind].passes,
    ...(retryAfterMs !== undefined && { nextRetryDelay: retryAfterMs }),
  });
}
