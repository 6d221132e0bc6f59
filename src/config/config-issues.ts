import { z } from 'zod';
import { nearest } from './did-you-mean.js';

const MAX_TOLD = 20;

/** @returns a line for each mistake, with the path of its key, what was expected, and what was probably meant */
export function describedIssues(issues: readonly z.core.$ZodIssue[], schema: z.ZodType): string[] {
  const lines = issues.flatMap((issue) => describedIssue(issue, schema));
  const more = lines.length - MAX_TOLD;
  return more > 0 ? [...lines.slice(0, MAX_TOLD), `and ${more} more`] : lines;
}

function describedIssue(issue: z.core.$ZodIssue, schema: z.ZodType): string[] {
  const at = shownPath(issue.path);
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => `${[at, key].filter(Boolean).join('.')}: unknown key${meant(key, known)}`);
  }
  const inner = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
  const message = (inner ?? issue.message).replace(/^Invalid input: /, '');
  const input = inputOf(issue);
  const isSecret = issue.path.some((key) => /env$|^headers$|^keys$/i.test(String(key))); // a key that stands there by mistake
  const got =
    !isSecret && inner === undefined && input !== undefined && typeof input !== 'object'
      ? `, got ${JSON.stringify(input)}`
      : '';
  const words = typeof input === 'string' && !isSecret ? meant(input, wordsIn(message)) : '';
  return [`${at || 'top level'}: ${message}${got}${words}`];
}

/** Of a union that a key tells apart zod gives the whole object, and the path of the key. */
function inputOf(issue: z.core.$ZodIssue): unknown {
  const { input, path } = issue;
  const key = path.at(-1);
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  return issue.code === 'invalid_union' && isObject && typeof key === 'string'
    ? new Map<string, unknown>(Object.entries(input)).get(key)
    : input;
}

function meant(word: string, known: Iterable<string>): string {
  const guess = nearest(word, known);
  return guess === undefined || guess === word ? '' : `; did you mean ${guess}?`;
}

/** What a message offers: `expected openai, local or …`, `expected one of "stop"|"switch"`. */
function wordsIn(message: string): string[] {
  return (message.match(/[\w.-]{2,64}/g) ?? []).filter(
    (word) => !['expected', 'one', 'of', 'or', 'the', 'providers'].includes(word),
  );
}

function shownPath(path: readonly PropertyKey[]): string {
  const shown = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return shown.join('').replace(/^\./, '');
}

/** A JSON Schema, as far as it is looked at here. */
const node = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  allOf: z.array(z.unknown()).optional(),
});
type Node = z.output<typeof node>;

/** The keys that may stand at a path, in whichever alternative of a union. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): Set<string> {
  let nodes = alternatives(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  for (const key of path) nodes = nodes.flatMap((each) => alternatives(below(each, key)));
  return new Set(nodes.flatMap(({ properties }) => Object.keys(properties ?? {})));
}

function below({ properties, additionalProperties, items }: Node, key: PropertyKey): unknown {
  if (typeof key === 'number') return items;
  return properties && Object.hasOwn(properties, key) ? properties[String(key)] : additionalProperties;
}

function alternatives(value: unknown): Node[] {
  const parsed = node.safeParse(value);
  if (!parsed.success) return [];
  const { anyOf = [], oneOf = [], allOf = [] } = parsed.data;
  return [parsed.data, ...[...anyOf, ...oneOf, ...allOf].flatMap(alternatives)];
}

const namesProviders = z.record(
  z.string(),
  z.union([
    z.array(z.string()),
    z.looseObject({ providers: z.array(z.string()) }).transform(({ providers }) => providers),
  ]),
);
const roughly = z.looseObject({
  providers: z.record(z.string(), z.unknown()).optional().catch(undefined),
  routes: z.record(z.string(), z.unknown()).optional().catch(undefined),
  tasks: z.record(z.string(), z.unknown()).optional().catch(undefined),
});

/**
 * Tasks and providers that routes name and nobody configured, in a configuration that has other mistakes too: then nothing
 * further was looked at.
 * @param builtIn names that are there without being configured
 */
export function unknownNames(value: unknown, builtIn: { providers: string[]; tasks: string[] }): string[] {
  const { providers = {}, routes = {}, tasks = {} } = roughly.catch({}).parse(value);
  const known = new Set([...builtIn.providers, ...Object.keys(providers)]);
  const knownTasks = new Set([...builtIn.tasks, ...Object.keys(tasks)]);
  return Object.entries(routes).flatMap(([task, route]) => {
    if (!knownTasks.has(task)) {
      return [`routes.${task}: expected one of the tasks ${[...knownTasks].join(', ')}${meant(task, knownTasks)}`];
    }
    const parsed = namesProviders.safeParse({ [task]: route });
    const names = parsed.success ? (parsed.data[task] ?? []) : [];
    return names.flatMap((name, index) =>
      known.has(name)
        ? []
        : [
            `routes.${task}[${index}]: expected one of the providers ${[...known].join(', ')}, got ${JSON.stringify(name)}${meant(name, known)}`,
          ],
    );
  });
}
