import { isFailureKind, POLICY } from '../failure.js';
import type { TextFailure } from '../failover/text-failure.js';

/**
 * Whether an item has no result for a reason that passes, or that a person can mend, and that is none of its own: time ran
 * out, or every provider that was asked failed for what concerns its account. Such an item is taken again by a later run.
 * Where one of them failed for the text itself it is not, for that one would be paid at each run.
 */
export function mayPass({ type, attempts }: Pick<TextFailure, 'type' | 'attempts'>): boolean {
  if (type === 'DeadlineExceeded') return true;
  if (type !== 'NoProviderLeft') return false;
  const last = new Map(attempts.filter(({ outcome }) => outcome !== 'skipped').map((each) => [each.provider, each]));
  const kinds = [...last.values()].map(({ failure }) => failure);
  return kinds.length > 0 && kinds.every((kind) => isFailureKind(kind) && passes(POLICY[kind]));
}

function passes({ run, lasting }: (typeof POLICY)[keyof typeof POLICY]): boolean {
  return lasting || run === 'wait' || run === 'again';
}
