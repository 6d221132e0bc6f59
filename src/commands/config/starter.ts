import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../terminal/errors.js';
import { say } from '../terminal/say.js';

/** What holds without a configuration, and what else there is, as comments. */
export const STARTER = `# Understudy's configuration. Check it with: npx understudy config check
# Keys never stand here: apiKeyEnv names the variable of the worker's environment that holds one.

providers:
  openai:
    kind: openai                 # openai | openai-compatible | anthropic | huggingface | local | module
    apiKeyEnv: OPENAI_API_KEY
    model: gpt-5.4-mini-2026-03-17
    reasoningEffort: none
    requestsPerSecond: 50        # of all workers together
    price: { inputPerMillionTokens: 0.75, outputPerMillionTokens: 4.5 } # US dollars; --max-cost needs it
    # timeoutMs: 20000
    # retry: { maximumAttempts: 1 } # the same provider once more, before another is asked

  huggingface:
    kind: huggingface
    apiKeyEnv: HF_API_TOKEN
    maxInputChars: 3500          # longer texts are split
    price: { inputPerMillionTokens: 4, outputPerMillionTokens: 4 } # a bound: it is billed by the second
    # models:
    #   summarize: facebook/bart-large-cnn
    #   sentiment: distilbert/distilbert-base-uncased-finetuned-sst-2-english

  # Any vendor that speaks OpenAI's chat completions:
  # groq:
  #   kind: openai-compatible
  #   baseUrl: https://api.groq.com/openai/v1
  #   apiKeyEnv: GROQ_API_KEY
  #   model: llama-3.3-70b-versatile

# Whom to ask for what, best first. \`local\` is always there: no key, no network, less precise.
routes:
  summarize: [openai, huggingface]
  sentiment: [huggingface, openai]

maxSummaryWords: 60

# The folder that holds all files that batches and schedules may read and write.
# files: { root: . }

# A task of yours, for \`npx understudy ask topics "my text"\`; its route goes under routes: above, as topics: [openai].
# tasks:
#   topics:
#     instruction: Name the topics of the text, five at most.
#     output: { type: array, items: { type: string }, maxItems: 5 }

# Hosts that sources and sinks may reach though they are not public.
# network: { allowHosts: [] }
`;

/** @throws UsageError when there is a file already */
export async function writeStarter(file: string): Promise<number> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, STARTER, { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(
      code === 'EEXIST' ? `${file} exists already; it stays as it is` : `cannot write ${file}: ${String(code)}`,
    );
  }
  say(`${file} is written. Check it after a change with: npx understudy config check`);
  return 0;
}
