import { z } from 'zod';
import { resultBody, type ResultBody } from '../batch/result-line.js';
import { held } from '../input.js';
import type { About } from './reading.js';
import { MAX_SCHEDULE_CHARS, webhookSink } from './recurring.js';
import { KEY_CHARS } from './seen.js';

/** What a sink gets for an item. */
export type Delivery = ResultBody & About & { id: string; schedule: string; note?: string };

/** How often an item may be taken up again. */
export const MAX_TAKES = 1_000;
const MAX_DELIVERY_ID_CHARS = MAX_SCHEDULE_CHARS + KEY_CHARS + 1 + String(MAX_TAKES).length + 1;
/** Of the deliveries of one reading. */
const MAX_DELIVERIES = 20_000;

/** What a sink may be asked to take: begins with the id, as it is written. */
const delivery = z
  .object({
    id: z.string().min(1).max(MAX_DELIVERY_ID_CHARS),
    schedule: z.string().max(MAX_SCHEDULE_CHARS),
    title: z.string().exactOptional(),
    url: z.string().exactOptional(),
    path: z.string().exactOptional(),
    publishedAt: z.string().exactOptional(),
    note: z.string().exactOptional(),
  })
  .and(resultBody()) satisfies z.ZodType<Delivery>;
export const deliveries = held(z.array(delivery).max(MAX_DELIVERIES));

/** One result to a webhook. */
export const post = held(z.object({ webhook: webhookSink(), delivery }));
