import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-node';

const WORDS = ['exception.message', 'exception.stacktrace'];

/**
 * Sends spans on without what failures say: those are the words of vendors and pages. Their types stay.
 * @param exporter to whom they are sent
 */
export function wordless(exporter: SpanExporter): SpanExporter {
  return {
    export(spans, done) {
      exporter.export(spans.map(withoutWords), done);
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve(),
  };
}

/** A view of a span: its methods read what is private to it. */
function withoutWords(span: ReadableSpan): ReadableSpan {
  const events = span.events.map(({ attributes = {}, ...event }) => ({
    ...event,
    attributes: Object.fromEntries(Object.entries(attributes).filter(([name]) => !WORDS.includes(name))),
  }));
  const { code } = span.status;
  return Object.create(span, { status: { value: { code } }, events: { value: events } }) as ReadableSpan;
}
