import { summarization, textClassification } from '@huggingface/inference';
import { z } from 'zod';
import { boundedSummary } from '../../domain/analyze/summary.js';
import type { Task } from '../../domain/task.js';
import { sentimentAnswer, summaryAnswer } from '../wire/checked-answer.js';
import { openai } from '../chat/openai.js';
import { outputTokenLimit } from '../wire/output-token-limit.js';
import { ProviderError, type Provider } from '../provider.js';
import { callVendor, vendorFetch, type Connection } from '../wire/vendor-call.js';

export interface HuggingFaceSettings extends Connection {
  kind: 'huggingface';
  name: string;
  /** Without a path: https://router.huggingface.co */
  baseUrl: string;
  /** A model's name is called as the pipeline of its task, `{ chat }` by chat completion. */
  models: Record<Task, string | { chat: string }>;
  maxSummaryWords: number;
}

export function huggingFace(settings: HuggingFaceSettings): Provider {
  const { summarize, sentiment } = settings.models;
  const summarizer = typeof summarize === 'string' ? pipelines(settings, summarize) : chat(settings, summarize.chat);
  const judge = typeof sentiment === 'string' ? pipelines(settings, sentiment) : chat(settings, sentiment.chat);
  return {
    name: settings.name,
    models: { summarize: summarizer.models.summarize, sentiment: judge.models.sentiment },
    maxOutputTokens: {
      summarize: summarizer.maxOutputTokens.summarize,
      sentiment: judge.maxOutputTokens.sentiment,
    },
    summarize: (text, signal) => summarizer.summarize(text, signal),
    sentiment: (text, signal) => judge.sentiment(text, signal),
  };
}

/** Hugging Face's router speaks OpenAI's chat completions. */
function chat(settings: HuggingFaceSettings, model: string): Provider {
  const baseUrl = `${settings.baseUrl}/v1`;
  return openai({ ...settings, kind: 'openai-compatible', baseUrl, model, logprobs: false });
}

const Summarized = z.object({ summary_text: z.string() });
const SummaryBody = z.union([
  Summarized,
  z
    .tuple([Summarized])
    .rest(z.unknown())
    .transform(([first]) => first),
]);

const labels = z.array(z.object({ label: z.string(), score: z.number() })).min(1);
const LabelsBody = z.union([
  labels,
  z
    .tuple([labels])
    .rest(z.unknown())
    .transform(([first]) => first),
]);

const SDK_OPTIONS = { fetch: vendorFetch, retry_on_error: false };

function pipelines(settings: HuggingFaceSettings, model: string): Provider {
  const { name, baseUrl, maxSummaryWords, apiKey } = settings;
  const limit = outputTokenLimit(maxSummaryWords, 'none');
  const endpointUrl = `${baseUrl}/hf-inference/models/${model}`; // named, for else the SDK asks the Hub where the model is
  return {
    name,
    models: { summarize: model, sentiment: model },
    maxOutputTokens: { summarize: limit, sentiment: limit },
    async summarize(text, signal) {
      const parameters = {
        max_length: maxSummaryWords * 2, // tokens
        min_length: Math.min(30, maxSummaryWords), // some models' default is above a small max_length
        truncation: 'do_not_truncate', // a summary of the beginning would be a wrong answer; this is ContextTooLong
      } as const;
      const body = await callVendor(settings, text, signal, () =>
        summarization({ endpointUrl, inputs: text, parameters }, SDK_OPTIONS),
      );
      const summary = SummaryBody.safeParse(body).data?.summary_text;
      if (summary === undefined) throw new ProviderError('BadOutput', 'the answer has no summary_text');
      return summaryAnswer(boundedSummary(summary, maxSummaryWords));
    },
    async sentiment(text, signal) {
      const body = await callVendor(settings, text, signal, () =>
        textClassification({ endpointUrl, inputs: text }, SDK_OPTIONS),
      );
      const [best] = LabelsBody.safeParse(body).data?.toSorted((a, b) => b.score - a.score) ?? [];
      if (best === undefined) throw new ProviderError('BadOutput', 'the answer has no label and score');
      return sentimentAnswer(best.label, best.score, { apiKey, text });
    },
  };
}
