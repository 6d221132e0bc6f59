import {
  ContinueAsNew,
  proxySinks,
  workflowInfo,
  type Sinks,
  type WorkflowInboundCallsInterceptor,
  type WorkflowInterceptors,
  type WorkflowOutboundCallsInterceptor,
} from '@temporalio/workflow';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import type { SerializableSpan } from '@temporalio/interceptors-opentelemetry/lib/workflow/definitions.js';

/**
 * Spans of workflows, in the names, the header and the shape of Temporal's OpenTelemetry interceptors, which take them over
 * in the worker. Those for workflows load OpenTelemetry's SDK into every run, which is half of its time in the sandbox.
 * Ids come from the run's own and not from its random numbers: a worker that traces decides as one that does not.
 */
export const interceptors = (): WorkflowInterceptors => {
  const trace = new RunTrace();
  return { inbound: [inbound(trace)], outbound: [outbound(trace)] };
};

const HEADER = '_tracer-data';
/** https://www.w3.org/TR/trace-context/#traceparent-header */
const TRACEPARENT = /^[\da-f]{2}-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/;
const SAMPLED = 1;
const INTERNAL = 0;
const STATUS = { ok: 1, error: 2 };

/** Its enums as numbers: they are of a module that is not in the sandbox. */
type WorkflowSpan = Omit<SerializableSpan, 'kind' | 'status'> & {
  kind: number;
  status: { code: number; message?: string };
};

interface TraceSinks extends Sinks {
  exporter: { export(spans: WorkflowSpan[]): void };
}

const { exporter } = proxySinks<TraceSinks>();

/** What travels from one to the next: `traceparent`, and what others put beside it. */
type Carrier = Record<string, unknown>;

interface SpanContext {
  traceId: string;
  spanId: string;
  traceFlags: number;
}

interface OpenSpan {
  context: SpanContext;
  end(error?: unknown): void;
}

class RunTrace {
  private readonly runId = workflowInfo()
    .runId.replace(/[^\da-f]/g, '')
    .padEnd(32, '0');
  private spans = 0;
  private carrier: Carrier = {};
  private current: SpanContext | undefined;

  /** The run's own span, within what its headers name. */
  beginRun(name: string, headers: Headers): OpenSpan {
    this.carrier = carrierIn(headers);
    const span = this.begin(name, contextIn(this.carrier));
    this.current = span.context;
    return span;
  }

  /** @param headers that name what it is within; else it is within the run */
  begin(name: string, within: SpanContext | undefined = this.current): OpenSpan {
    this.spans += 1;
    const context = {
      traceId: within?.traceId ?? this.runId.slice(0, 32),
      spanId: `${this.runId.slice(12)}${this.spans.toString(16).padStart(4, '0')}`.slice(-16),
      traceFlags: within?.traceFlags ?? SAMPLED,
    };
    const startMs = Date.now();
    return {
      context,
      end: (error) => {
        if ((context.traceFlags & SAMPLED) === 0) return;
        exporter.export([spanOf({ name, context, parentSpanId: within?.spanId, startMs, endMs: Date.now(), error })]);
      },
    };
  }

  headersWith({ traceId, spanId, traceFlags }: SpanContext, headers: Headers): Headers {
    const traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
    return { ...headers, [HEADER]: defaultPayloadConverter.toPayload({ ...this.carrier, traceparent }) };
  }

  logAttributes(): Record<string, unknown> {
    if (!this.current) return {};
    const { traceId, spanId, traceFlags } = this.current;
    return { trace_id: traceId, span_id: spanId, trace_flags: `0${traceFlags.toString(16)}` };
  }
}

function inbound(trace: RunTrace): WorkflowInboundCallsInterceptor {
  return {
    execute: (input, next) =>
      ended(trace.beginRun(`RunWorkflow:${workflowInfo().workflowType}`, input.headers), next(input)),
    handleSignal: (input, next) =>
      ended(trace.begin(`HandleSignal:${input.signalName}`, contextIn(carrierIn(input.headers))), next(input)),
  };
}

function outbound(trace: RunTrace): WorkflowOutboundCallsInterceptor {
  /** Calls on within a span of that name, which the other side hears of. */
  function call<I extends { headers: Headers }, R>(name: string, input: I, next: (input: I) => Promise<R>): Promise<R> {
    const span = trace.begin(name);
    return ended(span, next({ ...input, headers: trace.headersWith(span.context, input.headers) }));
  }
  return {
    scheduleActivity: (input, next) => call(`StartActivity:${input.activityType}`, input, next),
    scheduleLocalActivity: (input, next) => call(`StartActivity:${input.activityType}`, input, next),
    startChildWorkflowExecution: (input, next) => call(`StartChildWorkflow:${input.workflowType}`, input, next),
    signalWorkflow: (input, next) => call(`SignalWorkflow:${input.signalName}`, input, next),
    continueAsNew: (input, next) => call(`ContinueAsNew:${input.options.workflowType}`, input, next),
    getLogAttributes: (input, next) => next({ ...trace.logAttributes(), ...input }),
  };
}

/** Ends a span with what it spans, and gives that on as it is: a step more would order what runs at the same time anew. */
function ended<T>(span: OpenSpan, work: Promise<T>): Promise<T> {
  work.then(
    () => {
      span.end();
    },
    (error: unknown) => {
      span.end(error instanceof ContinueAsNew ? undefined : error);
    },
  );
  return work;
}

interface Spanned {
  name: string;
  context: SpanContext;
  parentSpanId: string | undefined;
  startMs: number;
  endMs: number;
  error: unknown;
}

function spanOf({ name, context, parentSpanId, startMs, endMs, error }: Spanned): WorkflowSpan {
  const message = error instanceof Error ? error.message : String(error);
  const exception = { 'exception.type': error instanceof Error ? error.name : 'Error', 'exception.message': message };
  return {
    name,
    kind: INTERNAL,
    spanContext: context,
    ...(parentSpanId !== undefined && { parentSpanId }),
    startTime: hrTime(startMs),
    endTime: hrTime(endMs),
    duration: hrTime(endMs - startMs),
    status: error === undefined ? { code: STATUS.ok } : { code: STATUS.error, message },
    attributes: {},
    links: [],
    events: error === undefined ? [] : [{ name: 'exception', time: hrTime(endMs), attributes: exception }],
    ended: true,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    instrumentationLibrary: { name: '@temporalio/interceptor-workflow' },
  };
}

/** @returns seconds and nanoseconds */
function hrTime(ms: number): [number, number] {
  return [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];
}

/** Anybody may send headers: what cannot be read is none. */
function carrierIn(headers: Headers): Carrier {
  const payload = headers[HEADER];
  if (!payload) return {};
  try {
    const carrier: unknown = defaultPayloadConverter.fromPayload(payload);
    return typeof carrier === 'object' && carrier !== null ? { ...carrier } : {};
  } catch {
    return {};
  }
}

function contextIn({ traceparent }: Carrier): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(typeof traceparent === 'string' ? traceparent : '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) };
}
