import { z } from 'zod';

/** What an error body says, whoever wrote it. */
export interface VendorError {
  message: string;
  /** Code and type in one string: vendors put the same word in either. */
  code: string;
  /** Hugging Face, while it loads a model. Seconds. */
  estimatedTimeS: number | undefined;
}

const word = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(undefined);
const words = z.string().nullish().catch(undefined);
const detailed = z.object({ message: words, msg: words, code: word, type: word });

const ErrorBody = detailed.extend({
  // OpenAI and most others; Hugging Face: a string, or a list of them
  error: z
    .union([z.string(), z.array(z.string()).transform((all) => all.join('; ')), detailed])
    .nullish()
    .catch(undefined),
  detail: z
    .union([z.string(), z.array(detailed).transform(([first]) => first?.msg)])
    .nullish()
    .catch(undefined), // FastAPI
  estimated_time: z.number().nonnegative().nullish().catch(undefined),
});

/** @returns what an error body holds, all of it empty when it is of no known shape */
export function vendorErrorIn(body: unknown): VendorError {
  const { data } = ErrorBody.safeParse(Array.isArray(body) ? body[0] : body);
  const error = typeof data?.error === 'object' ? data.error : undefined;
  const message = typeof data?.error === 'string' ? data.error : (error?.message ?? data?.message ?? data?.detail);
  return {
    message: message ?? '',
    code: [error?.code, error?.type, data?.code, data?.type].filter(Boolean).join(' '),
    estimatedTimeS: data?.estimated_time ?? undefined,
  };
}

/** Some servers send an error with status 200. */
export function holdsError(body: unknown): boolean {
  const first: unknown = Array.isArray(body) ? body[0] : body;
  return typeof first === 'object' && first !== null && 'error' in first && Boolean(first.error);
}
