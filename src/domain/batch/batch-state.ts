import { z } from 'zod';
import type { Candidate } from '../failover/plan.js';
import { held } from '../input.js';
import { batchInput } from './batch.js';
import { cursor, opened, pageNumber } from './batch-page.js';
import { tally } from './tally.js';

const whole = z.int().min(0);
const usd = z.number().min(0);

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
/** Whom a budget has to reckon with, by task; absent without one. */
const candidates = z.record(z.string(), z.array(candidate).readonly());

/** Input of the workflow `batchPage`. */
export const pageInput = held(
  z.strictObject({
    number: pageNumber(),
    batch: batchInput(),
    opened: opened(),
    cursor: cursor(),
    candidates: candidates.exactOptional(),
  }),
);
export type PageInput = z.output<ReturnType<typeof pageInput>>;

/** What a page may have under way, and spend, beside what it has been given before. */
export const grant = held(
  z.strictObject({
    texts: whole,
    usd,
    /** Nothing before it is under way any more: there will be no more money than this. */
    isFirst: z.boolean(),
  }),
);
export type Grant = z.output<ReturnType<typeof grant>>;

/** What came of a page that is over. */
const ended = z.strictObject({
  /** Of its part of the output. */
  bytes: whole,
  /** All its lines are written; otherwise those before the first that has no result. */
  isWhole: z.boolean(),
  /** Of the lines that are no copies of others. */
  tally: tally(),
  /** Of what it was given. US dollars; absent: all of it. */
  spentUsd: usd.exactOptional(),
  /** Why it could not go on. */
  failure: z.strictObject({ type: z.string(), message: z.string() }).exactOptional(),
});

/** What a page tells its batch. */
export const pageReport = held(
  z.strictObject({
    number: pageNumber(),
    /** It has been read; null: nothing comes after it. */
    next: cursor().nullable().exactOptional(),
    /** Its last text was begun. */
    begun: z.literal(true).exactOptional(),
    /** What it gives back, of texts under way and of money. */
    freed: z.strictObject({ texts: whole, usd }).exactOptional(),
    ended: ended.exactOptional(),
  }),
);
export type PageReport = z.output<ReturnType<typeof pageReport>>;

/** A page under way. Plain data: the next run of the batch goes on with it. */
const openPage = z.object({
  number: whole,
  workflowId: z.string(),
  isRead: z.boolean(),
  isBegun: z.boolean(),
  /** What it has been given and not given back. */
  texts: whole,
  usd,
  /** It knows that nothing before it is under way. */
  isFirst: z.boolean(),
});
export type OpenPage = z.output<typeof openPage>;

/** Carried over when the history of a batch is cut. */
export const batchState = held(
  z.object({
    opened: opened(),
    startedAt: z.iso.datetime(),
    /** Of the next page; absent when all were read, or the last one under way has not told it. */
    cursor: cursor().exactOptional(),
    /** Pages that were started, so the number of the next. */
    pages: whole,
    open: z.array(openPage),
    /** Pages that are over and wait for those before them. */
    over: z.array(ended.omit({ failure: true, spentUsd: true }).extend({ number: whole })),
    /** The page whose part comes next in the output. */
    nextInOutput: whole,
    /** Pages whose parts are in the output, and still there by themselves. */
    copied: z.array(whole),
    /** Of the output. */
    bytes: whole,
    /** Of the output. */
    tally: tally(),
    /** What no page has been given. US dollars; 0 without a budget. */
    leftUsd: usd,
    candidates: candidates.exactOptional(),
  }),
);
export type BatchState = z.output<ReturnType<typeof batchState>>;
