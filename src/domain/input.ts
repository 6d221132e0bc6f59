import { z } from 'zod';
import { oneLine } from './text.js';

/** What came from outside as what it has to be, or what a person has to mend. */
export type Parsed<T> = { value: T } | { /** One line that names the field. */ problem: string };

/** The longest path of a file, and the longest address, that is taken. Characters. */
export const MAX_PATH_CHARS = 4_096;
/** The longest workflow id; Temporal's own limit is 1,000 bytes. */
export const MAX_ID_CHARS = 500;
/** More US dollars than anybody means to spend. */
const MAX_DOLLARS = 1_000_000;
/** Deeper objects of an input are left as they are: none of ours are so deep. */
const MAX_NULLS_DEPTH = 4;

/**
 * Hands a schema out by a function. All that can be reached from what a module of the workflows exports is frozen once it
 * is loaded, and a schema works out parts of itself when it is used for the first time.
 */
export function held<S extends z.ZodType>(schema: S): () => S {
  return () => schema;
}

/** A path, relative or absolute. Whether it may be used is judged where it is opened. */
export const pathName = held(
  z
    .string()
    .min(1)
    .max(MAX_PATH_CHARS)
    .refine((path) => !path.includes('\0'), 'a path has no NUL'),
);

/** How much money may be spent. */
export const dollars = held(z.number().positive().max(MAX_DOLLARS));

/** Parses what came over a wire. */
export function parsedAs<S extends z.ZodType>(schema: () => S, value: unknown): Parsed<z.output<S>> {
  const result = schema().safeParse(value);
  if (result.success) return { value: result.data };
  const [issue] = result.error.issues;
  return { problem: issue ? problemOf(deepest(issue)) : 'not what was expected' };
}

/**
 * Leaves out what is null: clients in some languages write so what they do not say. For inputs in which no null means
 * something.
 */
export function withoutNulls(value: unknown): unknown {
  return withoutNullsTo(MAX_NULLS_DEPTH, value);
}

function withoutNullsTo(depth: number, value: unknown): unknown {
  if (depth === 0 || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const said = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(said.map(([key, each]) => [key, withoutNullsTo(depth - 1, each)]));
}

/** Of a union, the issue of the member that got furthest says most. */
function deepest(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const inner = issue.errors.flat().map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
  return inner.toSorted((a, b) => b.path.length - a.path.length)[0] ?? issue;
}

function problemOf({ path, message, code, ...issue }: z.core.$ZodIssue): string {
  const unknown = code === 'unrecognized_keys' && 'keys' in issue ? [issue.keys[0] ?? ''] : [];
  const at = [...path, ...unknown].map(String).join('.');
  const what = unknown.length > 0 ? 'unknown field' : message.replace(/^Invalid input: /, '');
  return oneLine(at === '' ? what : `${at}: ${what}`);
}
