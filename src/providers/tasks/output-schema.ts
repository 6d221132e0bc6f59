import { createRequire } from 'node:module';
import type { Ajv2020 as Ajv } from 'ajv/dist/2020.js';
import type { JsonSchema } from '../../domain/task.js';
import { FORMATS } from './formats.js';

/** Says what of an answer does not fit its schema; undefined when all of it does. */
export type OutputCheck = (value: unknown) => string | undefined;

const MAX_SCHEMA_BYTES = 65_536;
const MAX_DEPTH = 32;
/** Regular expressions on answers of strangers can block a worker for minutes, and references lead out of the schema. */
const NOT_TAKEN = ['pattern', 'patternProperties', '$dynamicRef', '$recursiveRef'];

/** Every start checks a configuration, few configurations have a schema in them, and reading the library takes 40 ms. */
const require = createRequire(import.meta.url);

/** To compile one takes 10 ms, and a task's schema is that of all its providers. */
const checks = new WeakMap<JsonSchema, OutputCheck>();

/**
 * A JSON Schema (draft 2020-12) as a check of answers.
 * @throws Error whose message says what is wrong with it, and where
 */
export function outputCheck(schema: JsonSchema): OutputCheck {
  const check = checks.get(schema) ?? compiled(schema);
  checks.set(schema, check);
  return check;
}

function compiled(schema: JsonSchema): OutputCheck {
  refuseHostile(schema, '', 0);
  if (JSON.stringify(schema).length > MAX_SCHEMA_BYTES) throw new Error(`expected at most ${MAX_SCHEMA_BYTES} bytes`);
  const { Ajv2020 } = require('ajv/dist/2020.js') as { Ajv2020: typeof Ajv };
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    formats: FORMATS,
    logger: false,
  });
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return undefined;
    const [issue] = validate.errors ?? [];
    return issue ? `${issue.instancePath || 'the answer'} ${issue.message ?? 'does not fit'}` : 'it does not fit';
  };
}

function refuseHostile(value: unknown, path: string, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > MAX_DEPTH) throw new Error(`${path}: nested too deeply`);
  for (const [key, below] of Object.entries(value)) {
    const isKeyword = !/\/(properties|\$defs|enum|const|default|examples)$/.test(path);
    if (isKeyword && NOT_TAKEN.includes(key))
      throw new Error(`${path}/${key} is not taken: use enum, or say it in the instruction`);
    refuseHostile(below, `${path}/${key}`, depth + 1);
  }
}
