import { z } from 'zod';
import { isFailureKind, type FailureKind } from '../failure.js';

const MAX_NAME_CHARS = 300;
const MAX_MESSAGE_CHARS = 1_000;
const MAX_MS = 86_400_000;

const name = z.string().min(1).max(MAX_NAME_CHARS);
const kind = z.custom<FailureKind>(isFailureKind);
const message = z.string().transform((said) => said.slice(0, MAX_MESSAGE_CHARS));
const callMs = z.number().min(1).max(MAX_MS);
/** What is left out, or is nonsense, does no harm. */
const retryAfterMs = z.number().min(0).max(MAX_MS).optional().catch(undefined);
const requestsPerSecond = z.number().min(0.001).max(100_000).optional().catch(undefined);
const yes = z.literal(true).or(z.unknown().transform(() => false as const));

const report = z.object({
  provider: name,
  model: name,
  task: z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/),
  failure: z.object({ kind, message, retryAfterMs }),
  timeoutMs: callMs,
  probeMs: callMs,
  isCertain: yes,
  worker: name,
  isLastToServe: yes,
  requestsPerSecond,
  announces: z.boolean().optional().catch(undefined),
});

/**
 * What a worker tells of a provider that failed.
 * - `model`, `task`: what failed, and so what a probe asks
 * - `timeoutMs`: of a call; a probe has all of it once the provider is closed
 * - `probeMs`: of the probe that decides about a suspicion, from how long answers took lately
 * - `isCertain`: so many calls failed that it cannot be chance: out of use while a probe decides
 * - `worker`: its identity
 * - `isLastToServe`: no other worker serves the provider, so there is nobody who could disagree
 * - `requestsPerSecond`: of the provider, for the pace at which those who wait come back
 * - `announces`: whether somebody wants notices of outages, by the configuration of who reports
 */
export type OutageReport = z.output<typeof report>;

/** Reads a report from what came over the wire. @returns undefined for what is none */
export function outageReportIn(value: unknown): OutageReport | undefined {
  return report.safeParse(value).data;
}
