import type { Attempt } from '../attempt.js';

/** Why a text has no analysis, with what was tried. */
export interface TextFailure {
  type: string;
  message: string;
  attempts: Attempt[];
  /** What the run spent at most. US dollars; null when not known. */
  atMostUsd: number | null;
  /** The run ended without its trail: what it did, and spent, is not known. */
  trailLost?: true;
}

/** What ended a run: Temporal's `ApplicationFailure` has a type and holds the trail, its other failures have a name. */
interface Cause extends Error {
  type?: string | null;
  details?: unknown[] | null;
}

/** @param cause of the error that a run ended with; undefined when it tells none, and then only `message` is known */
export function textFailureIn(cause: Cause | undefined, message: string): TextFailure {
  const [details] = (cause?.details ?? []) as [{ attempts?: Attempt[]; atMostUsd?: number | null }?];
  return {
    type: cause?.type ?? cause?.name ?? 'Failed',
    message: cause?.message ?? message,
    ...(details?.attempts
      ? { attempts: details.attempts, atMostUsd: details.atMostUsd ?? null }
      : { attempts: [], atMostUsd: null, trailLost: true }),
  };
}
