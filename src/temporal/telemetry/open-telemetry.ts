import { context, propagation, ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, type Context } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { envDetectorSync, Resource } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry/lib/client/index.js';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry/lib/worker/index.js';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { Attempt } from '../../domain/attempt.js';
import { attemptAttributes, attemptSpanName, contentAttributes } from './gen-ai.js';
import type { Called, Exchange, Failures, Traces } from './spans.js';
import { wordless } from './wordless.js';

interface Tracing {
  service: string;
  failures: Failures;
  /** Spans hold texts and answers too. */
  tracesContent: boolean;
  /** The caller's, as W3C Trace Context has it. */
  traceparent: string | undefined;
}

/** Read only where traces are wanted: a quarter of a second. */
export function openTelemetry({ service, failures, tracesContent, traceparent }: Tracing): Traces {
  const resource = new Resource({
    ...Resource.default().attributes,
    'service.name': service,
    ...envDetectorSync.detect().attributes,
  });
  const exporter = new OTLPTraceExporter();
  const processor = new BatchSpanProcessor(failures === 'by type' ? wordless(exporter) : exporter);
  const provider = new NodeTracerProvider({ resource, spanProcessors: [processor] });
  provider.register();
  const tracer = provider.getTracer('understudy');
  return {
    workflowSinks: { exporter: makeWorkflowExporter(processor, resource) },
    activityInterceptors: [
      (ctx) => ({
        inbound: new OpenTelemetryActivityInboundInterceptor(ctx),
        outbound: new OpenTelemetryActivityOutboundInterceptor(ctx),
      }),
    ],
    clientInterceptors: [new OpenTelemetryWorkflowClientInterceptor()],
    attempt(attempt: Attempt, called: Called, exchange: Exchange) {
      const startTime = new Date(attempt.startedAt);
      const attributes = {
        ...attemptAttributes(attempt, called, exchange.answer?.model),
        ...(tracesContent && contentAttributes(exchange)),
      };
      const options = { kind: SpanKind.CLIENT, startTime, attributes };
      const span = tracer.startSpan(attemptSpanName(attempt), options, context.active());
      if (attempt.outcome === 'failed') {
        span.setStatus({
          code: SpanStatusCode.ERROR,
          ...(attempt.message !== undefined && { message: attempt.message }),
        });
      }
      span.end(new Date(startTime.getTime() + attempt.latencyMs));
    },
    root(name) {
      const from = traceparent === undefined ? ROOT_CONTEXT : propagation.extract(ROOT_CONTEXT, { traceparent });
      const span = tracer.startSpan(name, { kind: SpanKind.INTERNAL }, from);
      return {
        interceptor: within(trace.setSpan(from, span)),
        end: () => {
          span.end();
        },
      };
    },
    flush: () => provider.forceFlush(),
  };
}

/** What a client starts or signals belongs to this span, wherever it is called from. */
function within(parent: Context): WorkflowClientInterceptor {
  const inSpan = <T>(work: () => T): T => context.with(trace.getActiveSpan() ? context.active() : parent, work);
  return {
    startWithDetails: (input, next) => inSpan(() => next(input)),
    signal: (input, next) => inSpan(() => next(input)),
    signalWithStart: (input, next) => inSpan(() => next(input)),
  };
}
