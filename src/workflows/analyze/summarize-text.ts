import type { CallText } from '../../activities/failover/run-text.js';
import { split } from '../../domain/analyze/split.js';
import { boundedSummary } from '../../domain/analyze/summary.js';
import type { Candidate, Route } from '../../domain/failover/plan.js';
import { fewAtATime } from '../few-at-a-time.js';
import { backOf, callOf } from '../failover/ask-provider.js';
import { firstAnswer } from '../failover/first-answer.js';
import type { Run } from '../failover/run.js';

/** A text to summarize: all of the run's input, a part of it, or summaries of its parts put together. */
interface Passage {
  text: string;
  /** Where it begins in the run's input; undefined for text that was made on the way. */
  from?: number;
  /** Like `2/5`. */
  part?: string;
}

/** Carried over when the history is cut: what is done is not done again. */
export interface SummaryState {
  /** Summaries by part; the whole text's under the empty name. */
  done: Record<string, string>;
  /** Where `ContextTooLong` taught the run a provider's limit. Characters. */
  learnedChars: Record<string, number>;
}

/** A longer text stands in history once: the activity reads it, or its part, from the run's input. */
const MAX_CARRIED_CHARS = 16_384;
const PARTS_AT_ONCE = 3;
/** Below this a text is no longer split, whatever a provider says. */
const MIN_PART_CHARS = 1_000;
const WORDS_KEPT = 0.5;

/**
 * Summarizes a text of any length: whole where it fits, else in parts whose summaries are summarized in turn. Each part
 * has its own failover, and what is done is not done again.
 */
export class Summarizer {
  constructor(
    private readonly run: Run,
    private readonly route: Route,
    readonly state: SummaryState = { done: {}, learnedChars: {} },
  ) {}

  async summarize(passage: Passage): Promise<string> {
    const { text, part } = passage;
    const earlier = this.state.done[part ?? ''];
    if (earlier !== undefined) return earlier;
    const summary = await firstAnswer(this.run, {
      ...this.route,
      task: 'summarize',
      text,
      ...(part !== undefined && { part }),
      ask: (call) => callOf('summarize', call)({ ...callTextOf(passage), ...backOf(call) }),
      ...(text.length > MIN_PART_CHARS && {
        parts: {
          maxChars: (candidate) => this.maxChars(candidate),
          tooLong: (candidate, chars) => {
            this.state.learnedChars[candidate.provider] = Math.min(this.maxChars(candidate), Math.ceil(chars / 2));
          },
          answer: (maxChars) => this.inParts(passage, maxChars),
        },
      }),
    });
    this.state.done[part ?? ''] = summary;
    return summary;
  }

  private maxChars({ provider, maxInputChars = Infinity }: Candidate): number {
    return Math.min(maxInputChars, this.state.learnedChars[provider] ?? Infinity);
  }

  private async inParts({ text, from, part }: Passage, maxChars: number): Promise<string> {
    const within = part === undefined ? '' : `${part}.`;
    const spans = split(text, Math.max(maxChars, MIN_PART_CHARS));
    const summarizePart = ({ from: start, to }: { from: number; to: number }, index: number) =>
      this.summarize({
        text: text.slice(start, to),
        ...(from !== undefined && { from: from + start }),
        part: `${within}${index + 1}/${spans.length}`,
      });
    // The first part alone: what cannot be asked at all is found out once, and not by several at a time.
    const first = await Promise.all(spans.slice(0, 1).map(summarizePart));
    const others = await fewAtATime(PARTS_AT_ONCE, spans.slice(1), (span, index) => summarizePart(span, index + 1));
    return this.summarize({ text: shorterThan(text, [...first, ...others]), part: `${within}all` });
  }
}

/** Summaries put together. Where they are hardly shorter than the text they lose sentences, so that it comes to an end. */
function shorterThan(text: string, summaries: readonly string[]): string {
  const whole = summaries.join('\n');
  if (whole.length <= text.length / 2) return whole;
  return summaries.map((each) => boundedSummary(each, Math.ceil(each.split(' ').length * WORDS_KEPT))).join('\n');
}

function callTextOf({ text, from, part }: Passage): CallText {
  const isCarried = from === undefined || (part === undefined && text.length <= MAX_CARRIED_CHARS);
  return isCarried ? { text } : { from, to: from + text.length };
}
