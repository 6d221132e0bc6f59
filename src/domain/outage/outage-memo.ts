import { z } from 'zod';
import { isFailureKind } from '../failure.js';
import type { OutageCause } from '../failover/out-of-use.js';
import type { OutageState } from './outage.js';

const MAX_MESSAGE_CHARS = 1_000;

const instantMs = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const dueMs = instantMs.catch(0);
const restMs = instantMs.optional().catch(undefined);
const worker = z.string().min(1).max(MAX_MESSAGE_CHARS);
const provenBy = worker.optional().catch(undefined);
const reason = {
  cause: z.custom<OutageCause>((value) => value === 'Operator' || isFailureKind(value)),
  message: z.string().transform((said) => said.slice(0, MAX_MESSAGE_CHARS)),
  sinceMs: instantMs,
};
const workers = z.array(worker.catch('')).transform((listed) => listed.filter((each) => each !== ''));

const memo = z.discriminatedUnion('phase', [
  z.object({
    ...reason,
    phase: z.literal('suspected'),
    inUse: z.boolean().catch(true),
    probeAtMs: dueMs,
    failedProbes: dueMs,
  }),
  z.object({ ...reason, phase: z.literal('doubted'), workers: workers.catch([]), forgottenAtMs: dueMs, provenBy }),
  z.object({ ...reason, phase: z.literal('closed'), probeAtMs: dueMs, failedProbes: dueMs }),
  z.object({ ...reason, phase: z.literal('limited'), untilMs: dueMs, restMs }),
  z.object({ ...reason, phase: z.literal('held') }),
  z.object({ ...reason, phase: z.literal('over'), watchedUntilMs: dueMs, restMs, provenBy }),
]);

/**
 * Reads where an outage stands from the memo of its workflow: no worker has to be asked, and it outlives the workflow.
 * @returns undefined for what is not ours
 */
export function outageStateIn(told: Readonly<Record<string, unknown>> | undefined): OutageState | undefined {
  return memo.safeParse(told?.outage).data;
}
