import { z } from 'zod';
import { held } from '../input.js';
import type { Asked, AskedAll } from '../ask/asked.js';
import { totalCostUsd, type Attempt } from '../attempt.js';
import { SENTIMENT_LABELS, type Sentiment } from '../analyze/sentiment.js';
import { ANALYZE_TASKS, type Analysis, type AnalyzeTask } from '../analyze/analysis.js';
import type { Task } from '../task.js';
import { oneLine } from '../text.js';
import type { TextFailure } from '../failover/text-failure.js';

/** Which line of the input it is about. */
export interface LineHead {
  /** Where it begins in the input, from 1; in a folder, the number of the file. */
  line: number;
  /** As the input names it; the line number when it does not, the file's name in a folder. */
  id: string | number;
  /** `id` holds the digits of a number that no number of JavaScript holds: they are written as they are. */
  idIsNumber?: true;
}

/** Every line of ours begins like this, and nothing else is taken for one. */
export const RESULT_LINE_BEGINNING = '{"line":';

/** One line of the output for one of the input. */
export type ResultLine = LineHead & {
  /** The line that has the same text and was paid for. */ sameAs?: number;
} & ResultBody;

/** What came of one text. */
export type ResultBody = { /** US dollars; null when not known */ costUsd: number | null } & (
  | {
      summary: string;
      sentiment: Sentiment;
      providers: Record<AnalyzeTask, string>;
      degraded?: true;
      suspect?: true;
    }
  | {
      /** By task, each as its `output` says. */ values: Record<Task, unknown>;
      providers: Record<Task, string>;
      degraded?: true;
    }
  | { error: { type: string; message: string } }
);

const MAX_MESSAGE_CHARS = 500;
const MAX_TYPE_CHARS = 100;

/** What a run of a text comes to, of whichever workflow it is. */
export type TextResult = Analysis | Asked | AskedAll;

export function answeredLine(head: LineHead, result: TextResult): ResultLine {
  return { ...headOf(head), ...resultBodyOf(result) };
}

export function failedLine(head: LineHead, failure: TextFailure): ResultLine {
  return { ...headOf(head), ...failedResultBody(failure) };
}

/** Without what else an item has. */
export function headOf({ line, id, idIsNumber }: LineHead): LineHead {
  return { line, id, ...(idIsNumber && { idIsNumber }) };
}

export function resultBodyOf(result: TextResult): ResultBody {
  const { attempts, costUsd, degraded } = result;
  const rest = { costUsd, ...(degraded && { degraded }) };
  if ('summary' in result) {
    const { summary, sentiment, suspect } = result;
    const providers = answeringBy(ANALYZE_TASKS, attempts);
    return { summary, sentiment, providers, ...rest, ...(suspect && { suspect }) };
  }
  const values = 'values' in result ? result.values : { [result.task]: result.value };
  return { values, providers: answeringBy(Object.keys(values), attempts), ...rest };
}

/** Who answered each task. */
function answeringBy<T extends Task>(tasks: readonly T[], attempts: readonly Attempt[]): Record<T, string> {
  const answering = (task: Task) =>
    attempts.findLast((attempt) => attempt.task === task && attempt.outcome === 'ok')?.provider ?? '';
  return Object.fromEntries(tasks.map((task) => [task, answering(task)])) as Record<T, string>;
}

export function failedResultBody({ type, message, attempts }: TextFailure): ResultBody {
  const error = { type: oneLine(type, MAX_TYPE_CHARS), message: oneLine(message, MAX_MESSAGE_CHARS) };
  return { error, costUsd: totalCostUsd(attempts) };
}

/** @returns as it stands in the output, with its line break */
export function resultLineText({ line, id, idIsNumber, ...body }: ResultLine): string {
  const written = idIsNumber ? String(id) : JSON.stringify(id);
  return `${RESULT_LINE_BEGINNING}${line},"id":${written},${JSON.stringify(body).slice(1)}\n`;
}

/** @returns what stands for a line until that of the same text, somewhere before it, is written */
export function sameLineText({ line, id, idIsNumber }: LineHead, sameAs: number): string {
  return `${RESULT_LINE_BEGINNING}${line},"id":${idIsNumber ? String(id) : JSON.stringify(id)},"sameAs":${sameAs}}\n`;
}

/** @returns undefined for what does not stand for a line of the same text */
export function toSameLine(json: string): (LineHead & { sameAs: number }) | undefined {
  const parsed = sameLine.safeParse(jsonIn(json));
  return parsed.success ? { ...withIdAsItStands(json, parsed.data), sameAs: parsed.data.sameAs } : undefined;
}

/** The result of a line whose text was paid for by another. */
export function sameResultAs({ sameAs, ...itsHead }: LineHead & { sameAs: number }, paid: ResultLine): ResultLine {
  return { ...headOf(itsHead), sameAs, ...withoutHead(paid), costUsd: 0 };
}

function withoutHead({
  line: _line,
  id: _id,
  idIsNumber: _idIsNumber,
  sameAs: _sameAs,
  ...body
}: ResultLine): ResultBody {
  return body;
}

/** Where the id of a line of ours stands, when it is a number. */
const NUMBER_ID = /^\{"line":\d{1,16},"id":(-?\d[\d.eE+-]{0,499}),/;

const money = z.number().nullable();
const analyzed = z.object({
  summary: z.string(),
  sentiment: z.object({ label: z.enum(SENTIMENT_LABELS), score: z.number() }),
  providers: z.object({ summarize: z.string(), sentiment: z.string() }),
  degraded: z.literal(true).exactOptional(),
  suspect: z.literal(true).exactOptional(),
  costUsd: money,
});
const asked = z.object({
  values: z.record(z.string(), z.unknown()),
  providers: z.record(z.string(), z.string()),
  degraded: z.literal(true).exactOptional(),
  costUsd: money,
});
const failed = z.object({ error: z.object({ type: z.string(), message: z.string() }), costUsd: money });

/** What came of one text, as it stands in a file or came over a wire. */
export const resultBody = held(z.union([analyzed, asked, failed]) satisfies z.ZodType<ResultBody>);

const lineNumber = z.int().min(1);
const head = z.object({
  line: lineNumber,
  id: z.union([z.string(), z.number()]),
  sameAs: lineNumber.exactOptional(),
});
const sameLine = z.strictObject({ line: lineNumber, id: z.union([z.string(), z.number()]), sameAs: lineNumber });

/** @returns undefined for what is no result line of ours */
export function toResultLine(json: string): ResultLine | undefined {
  const value = jsonIn(json);
  const [itsHead, itsBody] = [head.safeParse(value), resultBody().safeParse(value)];
  if (!itsHead.success || !itsBody.success) return undefined;
  const { sameAs } = itsHead.data;
  return { ...withIdAsItStands(json, itsHead.data), ...(sameAs !== undefined && { sameAs }), ...itsBody.data };
}

function withIdAsItStands(json: string, { line, id }: z.output<typeof head>): LineHead {
  const digits = typeof id === 'number' ? NUMBER_ID.exec(json)?.[1] : undefined;
  return digits === undefined || digits === String(id) ? { line, id } : { line, id: digits, idIsNumber: true };
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
