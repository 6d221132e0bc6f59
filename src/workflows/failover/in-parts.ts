import { patched } from '@temporalio/workflow';
import type { CallText } from '../../activities/failover/run-text.js';
import { split } from '../../domain/failover/split.js';
import type { Candidate, Route } from '../../domain/failover/plan.js';
import type { Task } from '../../domain/task.js';
import { fewAtATime } from '../few-at-a-time.js';
import { firstAnswer } from './first-answer.js';
import type { Run } from './run.js';

/** A text to be answered: all of the run's input, a part of it, or answers to its parts put together. */
export interface Passage {
  text: string;
  /** Where it begins in the run's input; undefined for text that was made on the way. */
  from?: number | undefined;
  /** Like `2/5`. */
  part?: string;
}

/** Carried over when the history is cut: what is done is not done again. */
export interface PartsState {
  /** Answers by part; the whole text's under the empty name. */
  done: Record<string, string>;
  /** Where `ContextTooLong` taught the run a provider's limit. Characters. */
  learnedChars: Record<string, number>;
  /**
   * With how many characters a part was split, by part like `done`: only so does `1/2` mean the same range again. Absent where
   * an earlier version carried it.
   */
  splitChars?: Record<string, number>;
}

/** What an earlier version carried does not say which range `1/2` was of: the answer to the whole counts alone. */
function certain(state: PartsState): PartsState {
  if (state.splitChars || !patched('an answer to a part counts for the range it was of')) return state;
  const { '': whole } = state.done;
  return { ...state, done: whole === undefined ? {} : { '': whole }, splitChars: {} };
}

/**
 * Puts the answers to the parts of a text together, so that they can be asked about in turn.
 * @returns undefined where they stand for the answer as they are
 */
export type PutTogether = (text: string, answers: readonly string[], maxChars: number) => string | undefined;

/** A longer text stands in history once: the activity reads it, or its part, from the run's input. */
const MAX_CARRIED_CHARS = 16_384;
const PARTS_AT_ONCE = 3;
/** Below this a text is no longer split, whatever a provider says. */
const MIN_PART_CHARS = 1_000;

/**
 * Answers a text of any length: whole where it fits, else in parts, and then the same about their answers. Each part has
 * its own failover.
 */
export class InParts {
  readonly state: PartsState;

  constructor(
    private readonly run: Run,
    private readonly task: Task,
    private readonly route: Route,
    private readonly putTogether: PutTogether,
    carried: PartsState = { done: {}, learnedChars: {}, splitChars: {} },
  ) {
    this.state = certain(carried);
  }

  async answer(passage: Passage): Promise<string> {
    const { text, part } = passage;
    const earlier = this.state.done[part ?? ''];
    if (earlier !== undefined) return earlier;
    const answer = await firstAnswer<string>(this.run, {
      ...this.route,
      task: this.task,
      text,
      callText: callTextOf(passage),
      ...(part !== undefined && { part }),
      ...(text.length > MIN_PART_CHARS && {
        parts: {
          maxChars: (candidate) => this.maxChars(candidate),
          tooLong: (candidate, chars) => {
            this.state.learnedChars[candidate.provider] = Math.min(this.maxChars(candidate), Math.ceil(chars / 2));
          },
          answer: (maxChars) => this.inParts(passage, this.splitChars(passage, maxChars)),
        },
      }),
    });
    this.state.done[part ?? ''] = answer;
    return answer;
  }

  private maxChars({ provider, maxInputChars = Infinity }: Candidate): number {
    return Math.min(maxInputChars, this.state.learnedChars[provider] ?? Infinity);
  }

  /** As it was split before: what is too long for those who are ready now is split once more, and what was paid for counts. */
  private splitChars({ part }: Passage, maxChars: number): number {
    this.state.splitChars ??= {};
    return (this.state.splitChars[part ?? ''] ??= maxChars);
  }

  private async inParts({ text, from, part }: Passage, maxChars: number): Promise<string> {
    const within = part === undefined ? '' : `${part}.`;
    const spans = split(text, Math.max(maxChars, MIN_PART_CHARS));
    const answerPart = ({ from: start, to }: { from: number; to: number }, index: number) =>
      this.answer({
        text: text.slice(start, to),
        from: from === undefined ? undefined : from + start,
        part: `${within}${index + 1}/${spans.length}`,
      });
    // The first part alone: what cannot be asked at all is found out once, and not by several at a time.
    const first = await Promise.all(spans.slice(0, 1).map(answerPart));
    const others = await fewAtATime(PARTS_AT_ONCE, spans.slice(1), (span, index) => answerPart(span, index + 1));
    const answers = [...first, ...others];
    const whole = this.putTogether(text, answers, maxChars);
    return whole === undefined ? answers.join('\n') : this.answer({ text: whole, part: `${within}all` });
  }
}

/** @returns how a call names a text that stands in the run's input, unless it is short enough to be carried */
export function callTextOf({ text, from, part }: Passage): CallText {
  const isCarried = from === undefined || (part === undefined && text.length <= MAX_CARRIED_CHARS);
  return isCarried ? { text } : { from, to: from + text.length };
}
