import { z } from 'zod';
import { verdict, type Verdict } from '../batch/result-line.js';
import { held } from '../input.js';
import type { Task } from '../task.js';
import type { About } from './reading.js';
import { MAX_SCHEDULE_CHARS, webhookSink } from './recurring.js';
import { KEY_CHARS } from './seen.js';

/** What the tasks of a schedule came to. */
export interface Answers {
  /** By task. */
  answers: Record<Task, unknown>;
  providers: Record<Task, string>;
  degraded?: true;
  /** US dollars; null when not known */
  costUsd: number | null;
}

/** What came of an item: an analysis, answers to the tasks that were named, or an error. */
export type ItemVerdict = Verdict | Answers;

/** What a sink gets for an item. */
export type Delivery = ItemVerdict & About & { id: string; schedule: string; note?: string };

/** How often an item may be taken up again. */
export const MAX_TAKES = 1_000;
const MAX_DELIVERY_ID_CHARS = MAX_SCHEDULE_CHARS + KEY_CHARS + 1 + String(MAX_TAKES).length + 1;
/** Of the deliveries of one reading. */
const MAX_DELIVERIES = 20_000;

const answers = z.object({
  answers: z.record(z.string(), z.unknown()),
  providers: z.record(z.string(), z.string()),
  degraded: z.literal(true).exactOptional(),
  costUsd: z.number().nullable(),
}) satisfies z.ZodType<Answers>;

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
  .and(z.union([answers, verdict()])) satisfies z.ZodType<Delivery>;
export const deliveries = held(z.array(delivery).max(MAX_DELIVERIES));

/** One result to a webhook. */
export const post = held(z.object({ webhook: webhookSink(), delivery }));
