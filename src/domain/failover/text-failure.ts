import type { Attempt } from '../attempt.js';

/** Why a text has no analysis, with what was tried. */
export interface TextFailure {
  type: string;
  message: string;
  attempts: Attempt[];
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
  const [details] = (cause?.details ?? []) as [{ attempts?: Attempt[] }?];
  return {
    type: cause?.type ?? cause?.name ?? 'Failed',
    message: cause?.message ?? message,
    ...(details?.attempts ? { attempts: details.attempts } : { attempts: [], trailLost: true }),
  };
}
