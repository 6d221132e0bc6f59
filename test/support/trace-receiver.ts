import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { z } from 'zod';

const value = z.looseObject({
  stringValue: z.string().optional(),
  intValue: z.unknown().optional(),
  doubleValue: z.unknown().optional(),
});
const attributes = z.array(z.object({ key: z.string(), value })).default([]);
const span = z.looseObject({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  attributes,
  status: z.looseObject({ code: z.number().optional() }).optional(),
});
const request = z.object({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes }),
      scopeSpans: z.array(z.looseObject({ spans: z.array(span) })),
    }),
  ),
});

/** A span as it came over the wire. */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string | undefined;
  name: string;
  kind: number;
  service: string;
  isError: boolean;
  attributes: Record<string, unknown>;
}

/** Takes traces by OTLP over HTTP, in JSON. */
export interface TraceReceiver {
  url: string;
  spans: Span[];
  /** All that came, as it came. */
  raw(): string;
  close(): Promise<void>;
}

const ERROR_STATUS = 2;

export async function startTraceReceiver(): Promise<TraceReceiver> {
  const spans: Span[] = [];
  const bodies: unknown[] = [];
  const server = createServer((incoming, response) => {
    void json(incoming).then((body) => {
      bodies.push(body);
      for (const { resource, scopeSpans } of request.parse(body).resourceSpans) {
        const service = String(valuesOf(resource.attributes)['service.name']);
        for (const { parentSpanId, status, ...each } of scopeSpans.flatMap((scope) => scope.spans)) {
          const isError = status?.code === ERROR_STATUS;
          spans.push({ ...each, parentSpanId, service, isError, attributes: valuesOf(each.attributes) });
        }
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    raw: () => JSON.stringify(bodies),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function valuesOf(list: z.output<typeof attributes>): Record<string, unknown> {
  return Object.fromEntries(
    list.map(({ key, value: { stringValue, intValue, doubleValue } }) => {
      const number = intValue ?? doubleValue;
      return [key, stringValue ?? (number === undefined ? undefined : Number(number))];
    }),
  );
}
