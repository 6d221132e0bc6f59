import type { Route } from '../../domain/failover/plan.js';
import type { Question } from '../../domain/failover/question.js';
import { split } from '../../domain/analyze/split.js';
import { via } from '../failover/ask-provider.js';
import { fewAtATime } from '../few-at-a-time.js';
import { firstAnswer } from '../failover/first-answer.js';
import type { Run } from '../failover/run.js';

/** A text to summarize: all of the run's input, a stretch of it, or summaries of its parts put together. */
interface Piece {
  text: string;
  /** Where it begins in the run's input; undefined for text that was made on the way. */
  from?: number;
  /** Like `2/5`. */
  part?: string;
}

/** A longer text stands in history once: the activity reads it, or its part, from the run's input. */
const CARRIED_CHARS = 16_384;
const PARTS_AT_ONCE = 3;
/** Below this a text is no longer split, whatever a provider says. */
const SMALLEST_PART_CHARS = 1_000;

/**
 * Summarizes a text of any length: whole where it fits, else in parts whose summaries are summarized in turn. Each part
 * has its own failover, and what is done is not done again.
 */
export function summarizeText(run: Run, route: Route, piece: Piece): Promise<string> {
  const { text, part } = piece;
  return firstAnswer(run, {
    ...route,
    task: 'summarize',
    text,
    ...(part !== undefined && { part }),
    ask: (call) => via('summarize', { ...call, part }).summarize(questionFor(piece)),
    ...(text.length > SMALLEST_PART_CHARS && { split: (maxChars) => summarizeParts(run, route, piece, maxChars) }),
  });
}

async function summarizeParts(run: Run, route: Route, { text, from, part }: Piece, maxChars: number): Promise<string> {
  const within = part === undefined ? '' : `${part}.`;
  const stretches = split(text, Math.max(maxChars, SMALLEST_PART_CHARS));
  const summaries = await fewAtATime(PARTS_AT_ONCE, stretches, async (stretch, index) => {
    const summary = await summarizeText(run, route, {
      text: text.slice(stretch.from, stretch.to),
      ...(from !== undefined && { from: from + stretch.from }),
      part: `${within}${index + 1}/${stretches.length}`,
    });
    return summary.slice(0, Math.ceil((stretch.to - stretch.from) / 2)); // shorter each time round, so it ends
  });
  return summarizeText(run, route, { text: summaries.join('\n'), part: `${within}all` });
}

function questionFor({ text, from, part }: Piece): Question {
  const isCarried = from === undefined || (part === undefined && text.length <= CARRIED_CHARS);
  return isCarried ? { text } : { from, to: from + text.length };
}
