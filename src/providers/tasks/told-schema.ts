import type { JsonSchema } from '../../domain/task.js';

/** A schema as vendors are told it, and how the answer is found in what they send. */
export interface ToldSchema {
  /** Its root is an object: no vendor's structured output takes another. */
  schema: JsonSchema;
  /** Whether a vendor's strict mode takes it: every object names all of its properties, and demands them. */
  strict: boolean;
  /** @returns the answer itself */
  unwrap(value: unknown): unknown;
}

const WRAPPED = 'value';

/**
 * Structured output in its strict form wants objects without open ends. What cannot be said that way is told in the form
 * that is not strict; the answer is checked against the whole schema in either case.
 * https://platform.openai.com/docs/guides/structured-outputs#supported-schemas
 */
export function toldSchema(schema: JsonSchema): ToldSchema {
  const isObject = schema.type === 'object';
  const { $defs, $schema: _, ...inner } = schema;
  const told: JsonSchema = isObject
    ? schema
    : {
        type: 'object',
        properties: { [WRAPPED]: inner },
        required: [WRAPPED],
        additionalProperties: false,
        ...($defs !== undefined && { $defs }),
      };
  const strict = isStrict(told);
  return {
    schema: strict ? (closed(told) as JsonSchema) : told,
    strict,
    unwrap(value) {
      if (isObject || typeof value !== 'object' || value === null || Array.isArray(value)) return value;
      return Object.hasOwn(value, WRAPPED) ? (value as Record<string, unknown>)[WRAPPED] : value;
    },
  };
}

/** What strict modes know; any other keyword is left to the check of the answer. */
const KNOWN = new Set(
  'type properties required additionalProperties items enum const anyOf $ref $defs description title'.split(' '),
);

function isStrict(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  const { type, properties = {}, required = [], additionalProperties, items, anyOf, $defs = {} } = schema as Keywords;
  if (Object.keys(schema).some((keyword) => !KNOWN.has(keyword))) return false;
  if (type === 'object') {
    const isOpen = additionalProperties !== undefined && additionalProperties !== false;
    if (isOpen || Object.keys(properties).some((name) => !required.includes(name))) return false;
  }
  if (type === 'array' && items === undefined) return false;
  const below = [
    ...Object.values(properties),
    ...Object.values($defs),
    ...(anyOf ?? []),
    ...(items === undefined ? [] : [items]),
  ];
  return below.every(isStrict);
}

interface Keywords {
  type?: unknown;
  properties?: Record<string, unknown>;
  required?: string[];
  additionalProperties?: unknown;
  items?: unknown;
  anyOf?: unknown[];
  $defs?: Record<string, unknown>;
}

/** The same schema, and no object has more than it names. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { properties, items, anyOf, $defs, ...rest } = schema as Keywords;
  const each = (named: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(named).map(([name, below]) => [name, closed(below)]));
  return {
    ...rest,
    ...(rest.type === 'object' && { properties: each(properties ?? {}), additionalProperties: false }),
    ...(items !== undefined && { items: closed(items) }),
    ...(anyOf && { anyOf: anyOf.map(closed) }),
    ...($defs && { $defs: each($defs) }),
  };
}
