import { z } from 'zod';
import type { Candidate } from '../failover/plan.js';
import { held, MAX_ID_CHARS } from '../input.js';
import { MAX_CONCURRENCY } from './batch.js';
import { cursor, opened, outputParts } from './batch-page.js';

const whole = z.int().min(0);
const counts = z.record(z.string(), whole);
const usd = z.number().min(0);

const tally = z.object({
  succeeded: whole,
  failed: whole,
  sentiments: z.object({
    POSITIVE: whole.exactOptional(),
    NEGATIVE: whole.exactOptional(),
    NEUTRAL: whole.exactOptional(),
  }),
  providers: z.object({ summarize: counts, sentiment: counts }),
  failures: counts,
  costUsd: usd.nullable(),
});

const textUnderWay = z.object({
  /** Its place among the items of the batch. */
  ordinal: whole,
  head: z.object({
    line: z.int().min(1),
    id: z.union([z.string(), z.number()]),
    idIsNumber: z.literal(true).exactOptional(),
  }),
  workflowId: z.string().max(2 * MAX_ID_CHARS),
  /** The server knows it: it goes on when the run of the batch ends. */
  started: z.boolean(),
  /** Absent for one that somebody else started. */
  runId: z.string().exactOptional(),
  /** Epoch milliseconds */
  sinceMs: z.number(),
  /** Of the text in UTF-8; absent when an earlier version began it. */
  bytes: whole.exactOptional(),
  /** What it may spend at most. US dollars. */
  reservedUsd: usd,
});
/** A text under way. Plain data: the next run of the batch goes on with it. */
export type TextUnderWay = z.output<typeof textUnderWay>;

/** As the plan had it: what a budget reckons with is looked at. */
const candidate = z.custom<Candidate>(
  (value) =>
    z
      .looseObject({
        provider: z.string(),
        maxOutputTokens: whole,
        retry: z.looseObject({ maximumAttempts: whole }),
        price: z.object({ inputPerMillionTokens: usd, outputPerMillionTokens: usd }).optional(),
      })
      .safeParse(value).success,
);

const outputState = z.object({
  /** Bytes that are written. */
  bytes: whole,
  /** Ordinal of the item whose part is written next. */
  next: whole,
  /** Parts that wait for those before them. */
  early: z.array(z.tuple([whole, outputParts().element])),
});
export type OutputState = z.output<typeof outputState>;

const windowState = z.object({
  tally,
  output: outputState,
  /** Items that were begun, so the ordinal of the next. */
  begun: whole,
  underWay: z.array(textUnderWay).max(MAX_CONCURRENCY),
  /** What was spent or may have been: never too little. US dollars. */
  spentUsd: usd,
  /** Whom a budget has to reckon with; absent without one. */
  candidates: z
    .object({ summarize: z.array(candidate).readonly(), sentiment: z.array(candidate).readonly() })
    .exactOptional(),
});
export type WindowState = z.output<typeof windowState>;

/** Carried over when the history of a batch is cut. */
export const batchState = held(
  z.object({
    opened: opened(),
    startedAt: z.iso.datetime(),
    /** Of the next page; absent when all were read. */
    cursor: cursor().exactOptional(),
    window: windowState,
  }),
);
export type BatchState = z.output<ReturnType<typeof batchState>>;
