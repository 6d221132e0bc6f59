import type { FailureKind } from '../../domain/failure.js';
import { ourLimitIn } from './output-limit-complaint.js';
import * as said from './vendor-words.js';

/** What a vendor says about a request that it did not answer. */
export interface VendorFailure {
  /** HTTP's, or the one inside a 200; undefined when a 200 names none. */
  status: number | undefined;
  /** What the body gives as code and type, in one string. */
  code: string;
  /** The body's message, without any echo of the text: that could spell a code. */
  message: string;
  /** It named a time to come back. */
  namesTime?: boolean;
}

interface Rule {
  kind: FailureKind;
  statuses: readonly number[];
  code?: RegExp;
  words?: RegExp;
  /** Words that speak against it. */
  unless?: RegExp;
  /** Only of a vendor that named no time to come back. */
  forGood?: true;
  when?: (message: string) => boolean;
}

/** The request itself is what the vendor objects to. */
const BAD = [400, 403, 406, 422, 424, 451, 498];

/** What codes and words change about a status. The first that fits counts. */
const RULES: readonly Rule[] = [
  { kind: 'Refused', statuses: BAD, code: said.REFUSED_CODE },
  { kind: 'Refused', statuses: BAD, words: said.REFUSED_WORDS, unless: said.ABOUT_ACCOUNT },
  { kind: 'Auth', statuses: [400, 422], code: said.KEY_CODE, words: said.KEY_WORDS },
  { kind: 'QuotaExhausted', statuses: [400, 403, 422, 429], code: said.NO_MONEY_CODE },
  { kind: 'ContextTooLong', statuses: [429], words: said.OVER_MINUTE },
  { kind: 'QuotaExhausted', statuses: [400, 403, 412, 422], words: said.NO_MONEY_WORDS, unless: said.ABOUT_PARAMETER },
  { kind: 'QuotaExhausted', statuses: [429], words: said.NO_MONEY_WORDS, unless: said.RATE_WORDS, forGood: true },
  { kind: 'QuotaExhausted', statuses: [403], words: said.QUOTA_WORDS, unless: said.RATE_WORDS },
  { kind: 'QuotaExhausted', statuses: [429], words: said.QUOTA_WORDS, unless: said.RATE_WORDS, forGood: true },
  { kind: 'BadOutput', statuses: [400, 422], code: said.NO_JSON_CODE, words: said.NO_JSON_WORDS },
  { kind: 'BadRequest', statuses: [400, 422], when: (message) => ourLimitIn(message) === 'too large' },
  // 500: inference servers report the exception of a model that was given too much
  { kind: 'ContextTooLong', statuses: [400, 403, 422, 500], code: said.TOO_LONG_CODE, words: said.TOO_LONG_WORDS },
  { kind: 'Unavailable', statuses: [429], code: /modelnotready/ }, // Bedrock, while it loads one
  { kind: 'Unavailable', statuses: [400], words: /failed to get response from provider/i }, // Cloudflare's gateway
  // The key is good for other models.
  { kind: 'BadRequest', statuses: [401, 403], code: said.NO_MODEL_CODE, words: said.NO_MODEL_WORDS },
];

/**
 * What a vendor's failure is to a run. The one place where statuses, codes and words become kinds.
 * @see https://www.rfc-editor.org/rfc/rfc9110#name-status-codes
 */
export function kindOfFailure({ status, code, message, namesTime = false }: VendorFailure): FailureKind {
  const codes = said.squeezed(code);
  const asStatus = status ?? statusInWords(codes, message);
  if (asStatus === undefined) return 'BadOutput';
  const rule = RULES.find(
    ({ statuses, code: ofCode, words, unless, forGood, when }) =>
      statuses.includes(asStatus) &&
      (ofCode?.test(codes) === true || words?.test(message) === true || when?.(message) === true) &&
      unless?.test(message) !== true &&
      !(forGood && namesTime),
  );
  return rule?.kind ?? kindOfStatus(asStatus);
}

function kindOfStatus(status: number): FailureKind {
  switch (status) {
    case 401:
    case 403:
      return 'Auth';
    case 402:
      return 'QuotaExhausted';
    case 413:
      return 'ContextTooLong';
    case 429:
      return 'RateLimited';
    case 408:
    case 409:
    case 424: // Bedrock, Text Generation Inference: the model failed
    case 425:
    case 498: // Groq: its flexible tier is full
    case 499: // closed by what stands in front of the vendor
      return 'Unavailable';
    case 501:
      return 'BadRequest';
    default:
      return status >= 500 ? 'Unavailable' : 'BadRequest';
  }
}

/** Errors without a number, which come inside a 200: the status that their words would have. */
function statusInWords(code: string, message: string): number | undefined {
  if (said.REFUSED_CODE.test(code) || said.TOO_LONG_CODE.test(code)) return 400;
  if (said.NO_MONEY_CODE.test(code)) return 429;
  if (said.RATE_CODE.test(code)) return 429;
  if (said.KEY_CODE.test(code)) return 401;
  if (/permission|forbidden|accessdenied/.test(code)) return 403;
  if (said.OVERLOADED_CODE.test(code)) return 503;
  if (/notfound|invalidrequest|badrequest|validation|invalidargument|invalidparam/.test(code)) return 400;
  if (said.RATE_WORDS.test(message) || said.NO_MONEY_WORDS.test(message)) return 429;
  if (said.REFUSED_WORDS.test(message) || said.TOO_LONG_WORDS.test(message)) return 400;
  if (said.KEY_WORDS.test(message)) return 401;
  return said.OVERLOADED_WORDS.test(message) ? 503 : undefined;
}
