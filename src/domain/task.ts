import { z } from 'zod';
import { held } from './input.js';

/** What providers are asked to do with a text, by its name in the configuration. */
export type Task = string;

/** Names become activity types, and names of schemas at vendors. */
export const taskName = held(
  z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'expected letters, digits, - and _, the first a letter'),
);

/** Of one run. */
const MAX_TASKS_OF_A_RUN = 20;

/** Tasks that are asked about one text, in this order. */
export const taskNames = held(
  z
    .array(taskName())
    .min(1)
    .max(MAX_TASKS_OF_A_RUN)
    .refine((names) => new Set(names).size === names.length, 'expected each task once'),
);

/** A JSON Schema, draft 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** What a task is, as one provider is asked it. */
export interface TaskDefinition {
  /** What to do with the text. Absent for the two that an adapter knows by itself. */
  instruction?: string | undefined;
  /** What the answer's JSON has to fit; without it, the answer is text. */
  output?: JsonSchema | undefined;
  /** The most that an answer takes, thoughts left out. */
  maxOutputTokens?: number | undefined;
  /** In place of the provider's own. */
  model?: string | undefined;
}
