import { z } from 'zod';
import { MAX_REST_MS, rateLimitResetMs, restInWords } from '../../http/retry-after.js';
import { jsonIn } from './json.js';

/** What an error body says, whoever wrote it. */
export interface VendorError {
  message: string;
  /** Code and type in one string: vendors put the same word in either. */
  code: string;
  /** A status of HTTP that the body names: some vendors send errors with status 200. */
  status: number | undefined;
  /** What of the request it is about, as far as it says. */
  parameter: string;
  /** How long it asks to be left alone, in milliseconds. */
  retryAfterMs: number | undefined;
}

const text = z.string().nullish().catch(undefined);
const word = z
  .union([z.string(), z.number().transform(String)])
  .nullish()
  .catch(undefined);
const path = z
  .union([
    z.string(),
    z
      .array(z.union([z.string(), z.number()]))
      .max(32)
      .transform((parts) => parts.join('.')),
  ])
  .nullish()
  .catch(undefined);

const detailed = z.object({
  message: text,
  msg: text,
  code: word,
  type: word,
  status: word, // Gemini: RESOURCE_EXHAUSTED; others: a number
  status_code: word,
  param: path,
  loc: path, // FastAPI
  innererror: z.object({ code: word }).nullish().catch(undefined), // Azure
  error_code: word,
});
type Detailed = z.infer<typeof detailed>;

const GoogleDetail = z.object({ reason: word, retryDelay: z.string().regex(/^\d{1,9}(\.\d{1,9})?s$/) }).partial();
const MAX_DETAILS = 16;

const ErrorBody = detailed.extend({
  // OpenAI and most others; Hugging Face: a string, or a list of them
  error: z
    .union([
      z.string(),
      z
        .array(z.string())
        .max(MAX_DETAILS)
        .transform((all) => all.join('; ')),
      z
        .array(z.looseObject(detailed.shape))
        .max(MAX_DETAILS)
        .transform(([first]) => first), // Cloudflare's gateway
      z.looseObject(detailed.shape),
    ])
    .nullish()
    .catch(undefined),
  errors: z
    .array(z.union([z.string(), detailed]))
    .max(MAX_DETAILS)
    .nullish()
    .catch(undefined), // Cloudflare
  detail: z
    .union([z.string(), z.array(detailed).max(MAX_DETAILS), detailed])
    .nullish()
    .catch(undefined), // FastAPI
  base_resp: z.object({ status_code: word, status_msg: text }).nullish().catch(undefined), // MiniMax
  estimated_time: z.number().nonnegative().nullish().catch(undefined), // Hugging Face, while it loads a model; seconds
});

/** @returns what an error body holds, all of it empty when it is of no known shape */
export function vendorErrorIn(body: unknown): VendorError {
  const told = toldIn(body);
  const { raw, headers } = PassedOn.safeParse(firstOf(body)).data?.error.metadata ?? {};
  const resetMs = headers && rateLimitResetMs(new Headers({ 'x-ratelimit-reset': headers[RESET] }), Date.now());
  // Of its own key, money and limits with somebody else, a gateway speaks for itself.
  const speaksForItself = raw === undefined || [401, 402, 429].includes(told.status ?? 0);
  const behind = speaksForItself
    ? undefined
    : toldIn(typeof raw === 'string' ? (jsonIn(raw) ?? { message: raw }) : raw);
  return {
    message: [behind?.message, told.message].find(Boolean) ?? '',
    code: [told.code, behind?.code].filter(Boolean).join(' '),
    status: told.status ?? behind?.status,
    parameter: [behind?.parameter, told.parameter].find(Boolean) ?? '',
    retryAfterMs: told.retryAfterMs ?? behind?.retryAfterMs ?? resetMs,
  };
}

const RESET = 'X-RateLimit-Reset';
/** OpenRouter says "Provider returned error", and what that one said beside it. */
const PassedOn = z.object({
  error: z.object({
    metadata: z.object({
      raw: z
        .union([z.string(), z.looseObject({})])
        .nullish()
        .catch(undefined)
        .transform((raw) => raw ?? undefined),
      headers: z
        .object({ [RESET]: z.string().regex(/^\d{1,20}$/) })
        .optional()
        .catch(undefined),
    }),
  }),
});

function toldIn(body: unknown): VendorError {
  const { data } = ErrorBody.safeParse(firstOf(body));
  if (data === undefined) return { message: '', code: '', status: undefined, parameter: '', retryAfterMs: undefined };
  const inner = innerOf(data);
  const details = googleDetailsIn(data.error);
  const all = [...(typeof inner === 'object' ? [inner] : []), data];
  const said = typeof inner === 'string' ? [inner] : [];
  const message = [...said, ...all.flatMap(messagesOf), data.base_resp?.status_msg].find(Boolean) ?? '';
  const words = all.flatMap(({ code, type, status, innererror, error_code }) => [
    code,
    type,
    status,
    innererror?.code,
    error_code,
  ]);
  return {
    message,
    code: [...words, ...details.map(({ reason }) => reason)].filter(Boolean).join(' '),
    status:
      all
        .flatMap(({ status_code, status, code }) => [status_code, status, code])
        .map(statusIn)
        .find(Boolean) ?? STATUS_OF_MINIMAX[data.base_resp?.status_code ?? ''],
    parameter: all.flatMap(({ param, loc }) => [param, loc]).find(Boolean) ?? '',
    retryAfterMs: restIn(data.estimated_time, details, message),
  };
}

/** Their numbers for what has a status in HTTP: platform.minimax.io/docs/api-reference/errorcode */
const STATUS_OF_MINIMAX: Readonly<Record<string, number>> = {
  ...{ 1000: 503, 1001: 503, 1024: 503, 1033: 503 }, // unknown, timeout, internal, below it
  ...{ 1002: 429, 2056: 429 }, // by the minute, by five hours
  ...{ 1004: 401, 1008: 402 },
};

type Body = z.infer<typeof ErrorBody>;

function innerOf({ error, errors, detail }: Body): string | Detailed | undefined {
  return [error, errors?.[0], Array.isArray(detail) ? detail[0] : detail].find(
    (each): each is string | Detailed => each !== undefined && each !== null && each !== '',
  );
}

function messagesOf({ message, msg }: Detailed): (string | null | undefined)[] {
  return [message, msg];
}

function statusIn(value: string | null | undefined): number | undefined {
  return value !== undefined && value !== null && /^[45]\d\d$/.test(value) ? Number(value) : undefined;
}

function googleDetailsIn(error: unknown): z.infer<typeof GoogleDetail>[] {
  const { data } = z.object({ details: z.array(z.unknown()).max(MAX_DETAILS) }).safeParse(error);
  return (data?.details ?? []).flatMap((each) => GoogleDetail.safeParse(each).data ?? []);
}

function restIn(
  estimatedS: number | null | undefined,
  details: readonly z.infer<typeof GoogleDetail>[],
  message: string,
): number | undefined {
  const delay = details.find(({ retryDelay }) => retryDelay !== undefined)?.retryDelay;
  const seconds = delay === undefined ? estimatedS : Number.parseFloat(delay);
  return typeof seconds === 'number' ? Math.min(seconds * 1000, MAX_REST_MS) : restInWords(message);
}

/** Some servers send an error with status 200, a few beside half an answer. */
export function holdsError(body: unknown): boolean {
  const first = firstOf(body);
  if (typeof first !== 'object' || first === null) return false;
  if ('error' in first && Boolean(first.error)) return true;
  if (!['type', 'code', 'errors', 'base_resp'].some((key) => key in first)) return false;
  const { data } = ErrorBody.safeParse(first);
  if (data?.type === 'error' || data?.code === 'error') return true;
  return (data?.errors?.length ?? 0) > 0 || Number(data?.base_resp?.status_code ?? 0) !== 0;
}

function firstOf(body: unknown): unknown {
  return Array.isArray(body) ? (body[0] as unknown) : body;
}
