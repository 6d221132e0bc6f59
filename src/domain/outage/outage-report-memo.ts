import { z } from 'zod';

const MAX_CHARS = 1_000;
const MAX_PROBES = 200;
const text = z.string().max(MAX_CHARS);
const count = z.number().min(0);

const report = z.object({
  unit: text,
  provider: text,
  cause: text,
  message: z.string().transform((words) => words.slice(0, MAX_CHARS)),
  seenBy: text,
  since: text,
  lastedMs: count,
  probes: z.array(z.object({ at: text, answer: z.string() })).max(MAX_PROBES),
  probesMade: count,
  probesCostUsd: count.nullable(),
  runsThatWaited: count,
  callsSaved: count.default(0),
});

/** What an outage was, once it is over. */
export type OutageStory = z.output<typeof report>;

/** Reads it from what came over the wire, a memo or a result. @returns undefined for what is none */
export function outageStoryIn(value: unknown): OutageStory | undefined {
  return report.safeParse(value).data;
}
