import { z } from 'zod';
import { taskName, type JsonSchema, type Task } from '../domain/task.js';
import { outputCheck } from '../providers/tasks/output-schema.js';
import { providerName, type ProviderConfig } from './provider-schema.js';

const MAX_INSTRUCTION_CHARS = 20_000;

const instruction = z.string().trim().min(1, 'expected what to do with the text').max(MAX_INSTRUCTION_CHARS);
const maxOutputTokens = z.int().min(1).max(1_000_000);
const outputSchema = z
  .record(z.string(), z.unknown(), { error: 'expected a JSON Schema' })
  .superRefine((schema, context) => {
    try {
      outputCheck(schema);
    } catch (error) {
      context.addIssue({
        code: 'custom',
        message: `expected a JSON Schema: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  })
  .transform((schema): JsonSchema => schema);

const task = z
  .strictObject({
    instruction: instruction.optional(),
    output: outputSchema.optional(),
    maxOutputTokens: maxOutputTokens.optional(),
    split: z.boolean().default(false),
    perProvider: z
      .record(
        providerName,
        z.strictObject({ instruction: instruction.optional(), model: z.string().min(1).optional() }),
      )
      .default({}),
  })
  .refine(({ split, output }) => !split || output === undefined, {
    path: ['split'],
    message: 'expected a task whose answer is text: parts of JSON cannot be put together',
  });

/** A task of the configuration. `split`: a text that is too long is answered by way of its parts. */
export type TaskConfig = z.output<typeof task>;

const BY_THEMSELVES: readonly Task[] = ['summarize', 'sentiment'];

export const tasks = z.record(taskName(), task).superRefine((all, context) => {
  for (const [name, { instruction: said, output }] of Object.entries(all)) {
    if (said === undefined && !BY_THEMSELVES.includes(name)) {
      context.addIssue({ code: 'custom', path: [name, 'instruction'], message: 'expected what to do with the text' });
    }
    const why = output && misfit(name, output);
    if (why) context.addIssue({ code: 'custom', path: [name, 'output'], message: why });
  }
});

/** An analysis reads a summary and a label, whatever else a configuration makes of them. */
function misfit(name: Task, output: JsonSchema): string | undefined {
  if (name === 'summarize') return 'expected none: a summary is text';
  if (name !== 'sentiment') return undefined;
  const required: unknown = output.required;
  const hasBoth = Array.isArray(required) && ['label', 'score'].every((key) => required.includes(key));
  return hasBoth ? undefined : 'expected an object that requires label and score';
}

/** @returns why a provider can never answer a task; undefined when it can */
export function cannotAnswer(
  task: Task,
  name: string,
  settings: ProviderConfig,
  definition: TaskConfig | undefined,
): string | undefined {
  if (BY_THEMSELVES.includes(task)) return undefined;
  if (settings.kind === 'local') return `${name} answers summarize and sentiment alone; expected another provider`;
  if (settings.kind !== 'huggingface' || definition?.perProvider[name]?.model !== undefined) return undefined;
  const model = Object.hasOwn(settings.models, task) ? settings.models[task] : undefined;
  return typeof model === 'object'
    ? undefined
    : `expected a chat model for it: providers.${name}.models.${task}: { chat: the name of a model }`;
}
