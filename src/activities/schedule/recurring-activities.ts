import { cancellationSignal } from '@temporalio/activity';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Dispatcher } from 'undici';
import { ACCESS, AccessError } from '../../domain/schedule/access.js';
import type { Analysis } from '../../domain/analyze/analysis.js';
import type { Delivery, Reading, ReadRequest } from '../../domain/schedule/recurring.js';
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
  root: string;
  /** Connects to addresses that may be asked. */
  dispatcher: Dispatcher;
  secretOf: (name: string) => string | undefined;
  client: Client;
}

export function recurringActivities({ root, dispatcher, secretOf, client }: Surroundings): RecurringActivities {
  const act = <T>(work: (signal: AbortSignal) => Promise<T>) =>
    cancellable(() => work(cancellationSignal())).catch((error: unknown) => {
      throw error instanceof AccessError ? accessApplicationFailure(error) : error;
    });
  return {
    readSource: (request) => act((signal) => readNew(request, { root, dispatcher, signal })),
    appendToFile: (path, deliveries) => act(() => appendResults(root, path, deliveries)),
    postToWebhook: (post) => act((signal) => postResult(post, { secretOf, dispatcher, signal })),
    awaitEarlierAnalysis: (id) => act((signal) => client.withAbortSignal(signal, () => outcomeOf(client, id))),
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
