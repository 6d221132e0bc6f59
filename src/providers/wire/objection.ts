import type { Objection } from '../provider.js';
import { ourLimitIn } from './output-limit-complaint.js';

const NOT_TAKEN =
  /unsupported|not supported|does ?n.t support|unknown|unrecogni[sz]ed|unexpected|not (permitted|allowed|available|valid)|extra (inputs|fields)|invalid|must be|cannot be used|failed to parse|no longer|unavailable|too many states|too complex|nesting|cannot find field/i;

/** What names a part of a request, in a message or as the parameter that an error is about. */
const PARTS: readonly (readonly [part: Objection, name: RegExp])[] = [
  ['limit', /\bmax_(completion_)?tokens\b/i],
  [
    'format',
    /response.?(format|schema)|specified schema|json.?schema|json.?(mode|object)|structured.?output|output.?(config|format)|guided|grammar/i,
  ],
  ['logprobs', /log.?prob/i],
  ['effort', /reasoning.?effort|\bthinking\b/i],
  ['store', /\bstore\b/i],
];

/** Chat templates of open models refuse a system message, or one behind the user's; servers say so in the template's words. */
const ROLES =
  /roles? must alternate|system (role|message|prompt)|\brole\b.{0,60}\b(not|must|only)\b|jinja.{0,60}\brole|\blast (message|role)\b.{0,60}\b(must|role|user)\b/i;

/**
 * What a vendor would not take of a chat request, which can be sent again without it.
 * @param parameter what the error names as its cause: OpenAI's `param`, FastAPI's `loc`
 */
export function objectionIn(status: number, message: string, parameter: string): Objection | undefined {
  if (![400, 404, 422, 500, 501].includes(status)) return undefined;
  if (ROLES.test(message)) return 'roles';
  if (status === 500) return undefined;
  if (ourLimitIn(message) === 'too large') return 'room';
  const named = PARTS.find(([, name]) => name.test(parameter));
  if (named) return named[0];
  return NOT_TAKEN.test(message) ? PARTS.find(([, name]) => name.test(message))?.[0] : undefined;
}
