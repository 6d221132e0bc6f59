import { z } from 'zod';
import { held } from '../input.js';
import { progress } from './reading.js';

const count = z.int().min(0);

/** Result of the workflow `recurring`. The next run of the schedule begins with its `progress`. */
export const recurringReport = held(
  z.object({
    /** Items that were asked about and delivered, well or not. */
    taken: count,
    /** How many of them have an error in place of a result. */
    failed: count,
    /** How many of them the webhook does not accept. */
    refused: count,
    /** New items that wait for the next run: over `maxItems` or `maxCostUsd`, or for what passes. */
    left: count,
    /** Why some of those got no result, though it was tried: the last of them. */
    putOff: z.object({ type: z.string(), message: z.string() }).exactOptional(),
    /** US dollars; null when not known. */
    costUsd: z.number().nullable(),
    progress: progress(),
  }),
);
export type RecurringReport = z.output<ReturnType<typeof recurringReport>>;

/** Of a run whose history was cut, to the next. `mostSpentUsd`: never too little. US dollars. */
export const carriedRecurring = held(z.object({ report: recurringReport(), mostSpentUsd: z.number().min(0) }));
export type CarriedRecurring = z.output<ReturnType<typeof carriedRecurring>>;
