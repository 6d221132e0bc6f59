import { z } from 'zod';
import { configSchema } from '../../src/config/config-schema.js';
import { CONFIG_WORDS } from './config-words.js';

const node = z.looseObject({
  properties: z.record(z.string(), z.unknown()).optional(),
  additionalProperties: z.unknown().optional(),
  items: z.unknown().optional(),
  anyOf: z.array(z.unknown()).optional(),
  oneOf: z.array(z.unknown()).optional(),
  required: z.array(z.string()).optional(),
  type: z.unknown().optional(),
  const: z.unknown().optional(),
  enum: z.array(z.unknown()).optional(),
  default: z.unknown().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
});
export type Node = z.output<typeof node>;

/** A key that may stand in the configuration. */
export interface ConfigKey {
  path: string;
  node: Node;
  /** Of providers that have it; empty for what is not of a provider. */
  kinds: string[];
}

const ROUTE = {
  anyOf: [
    { type: 'array', items: { type: 'string' }, minItems: 1 },
    {
      type: 'object',
      properties: {
        providers: { type: 'array', items: { type: 'string' }, minItems: 1 },
        onRefusal: { enum: ['stop', 'switch'], default: 'stop' },
      },
      required: ['providers'],
      additionalProperties: false,
    },
  ],
};

/** JSON Schema of the configuration, for editors: what stands in a file, before defaults. */
export function editorSchema(): unknown {
  const schema = z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' });
  const told = withWords(schema, '');
  return { title: 'Configuration of Understudy', ...(told as object) };
}

function withWords(value: unknown, path: string): unknown {
  const parsed = node.safeParse(value);
  if (!parsed.success) return value;
  const { properties, additionalProperties, items, anyOf, oneOf } = parsed.data;
  const words = CONFIG_WORDS[path];
  const isRoute = /^routes\.\w+$/.test(path);
  const below = (key: string, each: unknown) => withWords(each, path === '' ? key : `${path}.${key}`);
  return {
    ...parsed.data,
    ...(words !== undefined && { description: words }),
    ...(isRoute && ROUTE),
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, each]) => [key, below(key, each)])),
    }),
    ...(isObject(additionalProperties) && { additionalProperties: below('*', additionalProperties) }),
    ...(items !== undefined && { items: withWords(items, `${path}[]`) }),
    ...(anyOf && !isRoute && { anyOf: anyOf.map((each) => withWords(each, path)) }),
    ...(oneOf && { oneOf: oneOf.map((each) => withWords(each, path)) }),
  };
}

/** All keys, each once, in the order of the schema. */
export function configKeys(): ConfigKey[] {
  const keys = new Map<string, ConfigKey>();
  const visit = (value: unknown, path: string, kinds: string[]) => {
    const parsed = node.safeParse(value);
    if (!parsed.success) return;
    const { properties = {}, additionalProperties, items, anyOf = [], oneOf = [] } = parsed.data;
    const kind = node.safeParse(properties.kind).data?.const;
    const own = typeof kind === 'string' ? [kind] : kinds;
    for (const [key, each] of Object.entries(properties)) {
      const below = path === '' ? key : `${path}.${key}`;
      add(below, each, own);
      visit(each, below, own);
    }
    if (isObject(additionalProperties)) {
      add(`${path}.*`, additionalProperties, own);
      visit(additionalProperties, `${path}.*`, own);
    }
    if (items !== undefined) visit(items, `${path}[]`, own);
    for (const each of [...anyOf, ...oneOf]) visit(each, path, own);
  };
  const add = (path: string, value: unknown, kinds: string[]) => {
    const known = keys.get(path);
    const all = [...new Set([...(known?.kinds ?? []), ...kinds])];
    const next = node.parse(value);
    const { default: initial, const: only, ...rest } = known?.node ?? next;
    // Where kinds differ in it, the page names neither one's.
    const same = known === undefined || JSON.stringify(initial) === JSON.stringify(next.default);
    const words = only === undefined ? {} : { enum: [only] };
    const named = known?.node.enum && next.const !== undefined ? { enum: [...known.node.enum, next.const] } : words;
    keys.set(path, { path, kinds: all, node: { ...rest, ...named, ...(same && { default: initial }) } });
  };
  visit(editorSchema(), '', []);
  return [...keys.values()];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
