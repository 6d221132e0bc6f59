import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { WorkerOptions } from '@temporalio/worker';
import type { Attempt } from '../../domain/attempt.js';

/** Words of a failed call are a vendor's or a page's: where what was sent is kept from others, its type alone is told. */
export type Failures = 'in words' | 'by type';

/** What of a provider's settings a span tells. */
export interface Called {
  kind: string;
  baseUrl?: string;
}

/** What was sent and what came back; shown only where `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` says so. */
export interface Exchange {
  text: string;
  answer?: { value: unknown; model?: string };
}

/** Spans, for whoever takes them by OTLP. */
export interface Traces {
  /** For the Worker of workflows: spans of theirs go out beside the history. */
  workflowSinks: NonNullable<WorkerOptions['sinks']>;
  activityInterceptors: NonNullable<NonNullable<WorkerOptions['interceptors']>['activity']>;
  /** A client's calls continue the trace that is under way. */
  clientInterceptors: WorkflowClientInterceptor[];
  /** One client span for a call of a provider that ended. */
  attempt(attempt: Attempt, called: Called, exchange: Exchange): void;
  /** Begins the trace of a command, within the caller's where `TRACEPARENT` names one. @returns ends it */
  root(name: string): { interceptor: WorkflowClientInterceptor; end: () => void };
  flush(): Promise<void>;
}
