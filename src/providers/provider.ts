import type { Usage } from '../domain/cost.js';
import type { FailureKind } from '../domain/failure.js';
import type { Task } from '../domain/task.js';

/** What a vendor made of a text. */
export interface Answer<T> {
  value: T;
  /** Tokens as the vendor counted them; absent where it does not say. */
  usage?: Usage;
  /** The model that answered, as the vendor calls it; absent where it does not say. For traces alone. */
  model?: string;
}

/**
 * One configured vendor. Answers, or throws a {@link ProviderError}, or the signal's own
 * reason when it was aborted.
 */
export interface Provider {
  readonly name: string;
  /** The model that answers a task, for each task that it can answer. */
  readonly models: Readonly<Record<Task, string>>;
  /** The most that one answer to a task can have; with a price, its worst case. Tokens. */
  readonly maxOutputTokens: Readonly<Record<Task, number>>;
  /** A summary is text, a sentiment is a label and a score; any other task answers what its definition says. */
  answer(task: Task, text: string, signal: AbortSignal): Promise<Answer<unknown>>;
}

/**
 * Parts of a chat request that some servers do not take. An adapter does without the part from then on.
 * - `format`: structured output, `roles`: a system message in its place
 * - `limit`: the name of the output limit, `room`: its size
 * - `logprobs`, `effort`, `store`: a parameter of that name
 */
export type Objection = 'format' | 'roles' | 'limit' | 'room' | 'logprobs' | 'effort' | 'store';

/** What is known of a failure beside its kind; each is told at the field of its name. */
interface ProviderErrorOptions {
  retryAfterMs?: number | undefined;
  usage?: Usage | undefined;
  possiblyPaid?: boolean;
  neverSent?: boolean;
  misfit?: boolean;
  objection?: Objection | undefined;
}

/**
 * The only error an adapter throws. Carries no `cause`: a vendor's error holds headers, bodies and sometimes the key,
 * and what is thrown here ends in Temporal's history.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  /** How long the vendor asked to be left alone, in milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** Tokens of an answer that came and was billed, but could not be used. */
  readonly usage: Usage | undefined;
  /** The vendor may have done the work, and may bill it, though no answer came. */
  readonly possiblyPaid: boolean;
  /**
   * No byte of the request left this host for the vendor: there was no connection to it. Told of this worker as much as
   * of the vendor, and never paid.
   */
  readonly neverSent: boolean;
  /** A whole answer came, and only does not fit the schema of its task: that says nothing against the model. */
  readonly misfit: boolean;
  /** What the vendor would not take of the request. */
  readonly objection: Objection | undefined;

  constructor(
    readonly kind: FailureKind,
    message: string,
    {
      retryAfterMs,
      usage,
      possiblyPaid = false,
      neverSent = false,
      misfit = false,
      objection,
    }: ProviderErrorOptions = {},
  ) {
    super(message);
    this.retryAfterMs = retryAfterMs;
    this.usage = usage;
    this.possiblyPaid = possiblyPaid;
    this.neverSent = neverSent;
    this.misfit = misfit;
    this.objection = objection;
  }
}
