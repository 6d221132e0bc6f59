import { setImmediate } from 'node:timers/promises';
import type { Sentiment } from '../../domain/analyze/sentiment.js';
import { boundedSummary } from '../../domain/analyze/summary.js';
import { complaintScore } from './complaints.js';
import { evenly, piecesOf } from './pieces.js';
import { outputTokenLimits } from '../chat/output-token-limit.js';
import type { TaskDefinition } from '../../domain/task.js';
import { providerOf } from '../answering.js';
import type { Provider } from '../provider.js';
import { sentencesIn } from './sentences.js';
import { textRank } from './text-rank.js';
import { loadWink, type Sentence, type Wink } from './wink.js';

export interface LocalSettings {
  kind: 'local';
  name: string;
  maxSummaryWords: number;
  /** It follows no instruction; what it answers has to fit the definition all the same. */
  tasks?: Readonly<Record<string, TaskDefinition>> | undefined;
}

const MODEL = 'wink-eng-lite-web-model';
const MAX_SENTENCES = 200;
/** wink's score lies between -1 and 1; what is this close to 0 are stray words. */
const NEUTRAL_WITHIN = 0.1;

/** Needs no key and no network: picks a text's most central sentences, and looks sentiment up word by word. */
export function local({ name, maxSummaryWords, tasks }: LocalSettings): Provider {
  const tokens = outputTokenLimits({ maxSummaryWords });
  const summarize = {
    model: MODEL,
    maxOutputTokens: tokens.summarize,
    async answer(text: string, signal: AbortSignal) {
      const sentences = (await eachPiece(text, signal, sentencesIn)).flat();
      return {
        value: extract(evenly(sentences, MAX_SENTENCES), maxSummaryWords) || boundedSummary(text, maxSummaryWords),
      };
    },
  };
  const sentiment = {
    model: MODEL,
    maxOutputTokens: tokens.sentiment,
    async answer(text: string, signal: AbortSignal) {
      const scores = await eachPiece(text, signal, scoreOf);
      return { value: judgement(scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length)) };
    },
  };
  return providerOf(name, { summarize, sentiment }, tasks);
}

/** Lets other work of the process, such as heartbeats, run between pieces. */
async function eachPiece<T>(text: string, signal: AbortSignal, read: (piece: string, wink: Wink) => T): Promise<T[]> {
  signal.throwIfAborted();
  const wink = await loadWink();
  const results: T[] = [];
  for (const piece of piecesOf(text)) {
    await setImmediate();
    signal.throwIfAborted();
    results.push(read(piece, wink));
  }
  return results;
}

/** The highest ranked sentences, as many as fit, in the order of the text. */
function extract(sentences: readonly Sentence[], maxWords: number): string {
  const ranks = textRank(sentences.map(({ contentWords }) => contentWords));
  const ranked = sentences
    .map(({ text }, at) => ({ text: text.replace(/\s+/g, ' ').trim(), at, rank: ranks[at] ?? 0 }))
    .sort((a, b) => b.rank - a.rank || a.at - b.at);
  const fits = (text: string) => boundedSummary(text, maxWords) === text;
  const short = ranked.filter(({ text }) => fits(text));
  const inOrder = (count: number) =>
    short
      .slice(0, count)
      .sort((a, b) => a.at - b.at)
      .map(({ text }) => text)
      .join(' ');
  let count = 0;
  while (count < short.length && fits(inOrder(count + 1))) count++;
  return inOrder(count) || boundedSummary(ranked[0]?.text ?? '', maxWords);
}

/** A run without spaces is read in parts: wink takes cubic time for some. */
function scoreOf(piece: string, wink: Wink): number {
  return wink.sentimentOf(piece.replace(/\S{50}/gu, '$& ')) + complaintScore(piece);
}

function judgement(score: number): Sentiment {
  const strength = Math.min(1, Math.abs(score));
  if (strength < NEUTRAL_WITHIN) return { label: 'NEUTRAL', score: 0.75 - (strength / NEUTRAL_WITHIN) * 0.25 };
  return { label: score > 0 ? 'POSITIVE' : 'NEGATIVE', score: 0.5 + strength / 2 };
}
