import { z } from 'zod';
import type { LabelWords } from '../../domain/analyze/sentiment.js';
import type { Task, TaskDefinition } from '../../domain/task.js';
import { providerOf, type Answering } from '../answering.js';
import { ProviderError, type Provider } from '../provider.js';
import { toldSchema } from '../tasks/told-schema.js';
import { sentimentAnswer, summaryAnswer } from '../wire/checked-answer.js';
import { secretsOf, type Connection } from '../wire/connection.js';
import { billed } from '../wire/usage.js';
import type { Ask, Output } from './ask.js';
import { labelProbability } from './label-probability.js';
import { noSummary } from './no-summary.js';
import { answerTokens, thinkingTokens, type OutputRoom } from './output-token-limit.js';
import { SENTIMENT_INSTRUCTION, SENTIMENT_SCHEMA, summaryInstruction } from './prompts.js';

export interface ChatProviderSettings extends Connection, OutputRoom {
  name: string;
  model: string;
  /** Words that the model uses for our labels. */
  labels?: LabelWords | undefined;
  /** Beside a summary and a sentiment, or in their place. */
  tasks?: Readonly<Record<Task, TaskDefinition>> | undefined;
}

/** Any task, by questions to chat models. @param askOf gives how a model is asked */
export function chatProvider(settings: ChatProviderSettings, askOf: (model: string) => Ask): Provider {
  const definitions: Record<Task, TaskDefinition> = { summarize: {}, sentiment: {}, ...settings.tasks };
  const asks = new Map<string, Ask>();
  const answering = Object.entries(definitions).map(([task, definition]): [Task, Answering] => {
    const { model = settings.model } = definition;
    const ask = asks.get(model) ?? askOf(model);
    asks.set(model, ask);
    return [task, chatTask(task, definition, settings, model, ask)];
  });
  return providerOf(settings.name, Object.fromEntries(answering), definitions);
}

/** Where a task does not say how much it takes. */
const USUAL_TOKENS = 2_000;

function chatTask(
  task: Task,
  { instruction, output, maxOutputTokens }: TaskDefinition,
  settings: ChatProviderSettings,
  model: string,
  ask: Ask,
): Answering {
  const room = answerTokens(settings.maxSummaryWords);
  const known = output === undefined && Object.hasOwn(room, task) ? (task as keyof typeof room) : undefined;
  const maxTokens = maxOutputTokens ?? (known ? room[known] : USUAL_TOKENS);
  const answer =
    known === 'summarize'
      ? summary(ask, instruction ?? summaryInstruction(settings.maxSummaryWords), maxTokens, settings)
      : known === 'sentiment'
        ? sentiment(ask, instruction ?? SENTIMENT_INSTRUCTION, maxTokens, settings)
        : asDefined(ask, instruction ?? '', { name: task, maxTokens, ...(output && { schema: output }) });
  return { model, maxOutputTokens: maxTokens + thinkingTokens(settings), answer };
}

function summary(
  ask: Ask,
  instruction: string,
  maxTokens: number,
  settings: ChatProviderSettings,
): Answering['answer'] {
  const secrets = secretsOf(settings);
  return async (text, signal) => {
    const { value, usage, model } = await ask(instruction, text, { name: 'summary', maxTokens }, signal);
    const otherwise = noSummary(String(value), text);
    if (otherwise) throw new ProviderError(otherwise.kind, otherwise.message, billed(usage));
    return {
      ...summaryAnswer(String(value), settings.maxSummaryWords, { secrets, text, usage }),
      ...(model && { model }),
    };
  };
}

const Labelled = z.object({ label: z.string(), score: z.unknown().optional() });

function sentiment(
  ask: Ask,
  instruction: string,
  maxTokens: number,
  settings: ChatProviderSettings,
): Answering['answer'] {
  const secrets = secretsOf(settings);
  const output: Output = { name: 'sentiment', schema: SENTIMENT_SCHEMA, strict: true, maxTokens };
  return async (text, signal) => {
    const answer = await ask(instruction, text, output, signal);
    const { label, score } = Labelled.safeParse(answer.value).data ?? {};
    if (label === undefined) {
      throw new ProviderError('BadOutput', 'the answer is not a label and a score', billed(answer.usage));
    }
    const measured = labelProbability(answer.tokens) ?? scoreIn(score);
    const { usage, model } = answer;
    return { ...sentimentAnswer(label, measured, settings.labels, { secrets, text, usage }), ...(model && { model }) };
  };
}

/** A task of the configuration: text as it came, or JSON, which whoever gives it out checks against its schema. */
function asDefined(ask: Ask, instruction: string, { schema, ...output }: Output): Answering['answer'] {
  const told = schema && toldSchema(schema);
  return async (text, signal) => {
    const asked = told ? { ...output, schema: told.schema, strict: told.strict } : output;
    const { value, usage, model } = await ask(instruction, text, asked, signal);
    if (told && value === undefined) throw new ProviderError('BadOutput', 'the answer is not JSON', billed(usage));
    return { value: told ? told.unwrap(value) : String(value), ...(usage && { usage }), ...(model && { model }) };
  };
}

/** Some models put the number in quotes. */
function scoreIn(score: unknown): unknown {
  return typeof score === 'string' && /^(0(\.\d{1,20})?|1(\.0{1,20})?)$/.test(score.trim()) ? Number(score) : score;
}
