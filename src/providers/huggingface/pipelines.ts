import { summarization, textClassification } from '@huggingface/inference';
import type { LabelWords } from '../../domain/analyze/sentiment.js';
import { wellFormed } from '../../domain/text.js';
import { boundedSummary } from '../../domain/analyze/summary.js';
import { outputTokenLimits } from '../chat/output-token-limit.js';
import type { Answering } from '../answering.js';
import { sentimentAnswer, summaryAnswer } from '../wire/checked-answer.js';
import { secretsOf, type Connection } from '../wire/connection.js';
import { callVendor, type Call } from '../wire/vendor-call.js';
import { bestLabel, labelsBody, summaryBody } from './pipeline-answer.js';

interface PipelineSettings extends Connection {
  baseUrl: string;
  maxSummaryWords: number;
  labels?: LabelWords | undefined;
}

/** A model that does one task and nothing else, by the vendor's SDK. */
export function pipeline(settings: PipelineSettings, task: 'summarize' | 'sentiment', model: string): Answering {
  const { baseUrl, maxSummaryWords, apiKey, labels } = settings;
  const secrets = secretsOf(settings);
  const endpointUrl = `${baseUrl}/hf-inference/models/${model}`; // named, for else the SDK asks the Hub where the model is
  const key = apiKey === undefined ? {} : { accessToken: apiKey };
  const callOf = (text: string, signal: AbortSignal, shape: NonNullable<Call['shape']>): Call => ({
    connection: settings,
    text,
    signal,
    shape,
  });
  const answers: Record<typeof task, Answering['answer']> = {
    summarize: async (given, signal) => {
      const text = wellFormed(given);
      if (isItsOwnSummary(text, maxSummaryWords)) return summaryAnswer(text, maxSummaryWords, { secrets, text });
      const parameters = summaryParameters(text, maxSummaryWords);
      const answer = await callVendor(callOf(text, signal, summaryBody), (fetch) =>
        summarization({ ...key, endpointUrl, inputs: text, parameters }, { fetch, retry_on_error: false }),
      );
      return summaryAnswer(summaryBody([answer])[0].summary_text, maxSummaryWords, { secrets, text });
    },
    sentiment: async (given, signal) => {
      const text = wellFormed(given);
      const answer = await callVendor(callOf(text, signal, labelsBody), (fetch) =>
        textClassification({ ...key, endpointUrl, inputs: text }, { fetch, retry_on_error: false }),
      );
      const { label, score } = bestLabel(labelsBody(answer)[0], labels);
      return sentimentAnswer(label, score, labels, { secrets, text });
    },
  };
  return { model, maxOutputTokens: outputTokenLimits({ maxSummaryWords })[task], answer: answers[task] };
}

/** Texts as short as this have nothing to leave out, and models that learned from news write news around them. */
const TOO_SHORT_WORDS = 6;
const TOO_SHORT_CHARS = 40;

/** A summarizer would invent what a text of a few words does not say; it is its own summary, and costs nothing. */
function isItsOwnSummary(text: string, maxWords: number): boolean {
  const line = boundedSummary(text, TOO_SHORT_WORDS);
  const isShort = line.length < TOO_SHORT_CHARS && line.split(' ').length < TOO_SHORT_WORDS;
  return isShort && line !== '' && boundedSummary(text, maxWords) === line;
}

/** English has four characters a token; in other languages a token may be as short as one or two. */
const MIN_CHARS_PER_TOKEN = 2;
const CHARS_PER_TOKEN = 4;
const TOKENS_PER_WORD = 2;
/** A text gives no less than this of itself for a summary, and no summary need be longer. Tokens. */
const MIN_LENGTH_SHARE = 0.25;
const MAX_MIN_LENGTH = 30;
const MIN_MAX_LENGTH = 16;

/** Lengths in tokens that fit the text: a model that has to write more than there is to say makes it up. */
function summaryParameters(text: string, maxWords: number) {
  const most = Math.min(
    maxWords * TOKENS_PER_WORD,
    Math.max(MIN_MAX_LENGTH, Math.ceil(text.length / MIN_CHARS_PER_TOKEN)),
  );
  const least = Math.floor((text.length / CHARS_PER_TOKEN) * MIN_LENGTH_SHARE);
  return {
    max_length: most,
    min_length: Math.max(1, Math.min(MAX_MIN_LENGTH, least, Math.floor(most / 2))), // some models' default is above a small max_length
    truncation: 'do_not_truncate', // a summary of the beginning would be a wrong answer; this is ContextTooLong
  } as const;
}
