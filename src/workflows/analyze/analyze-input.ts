import type { AnalyzeInput, AnalyzeOneOfMany } from '../../domain/analyze/analysis.js';
import type { Plan } from '../../domain/failover/plan.js';
import { isObject } from '../../domain/parsed.js';
import { TASKS } from '../../domain/task.js';
import { isBlank, MAX_TEXT_BYTES, utf8Bytes } from '../../domain/text.js';
import { fieldsOf, invalidInput, positive } from '../input/checked-input.js';

type Checked = Pick<AnalyzeInput, 'text' | 'routes'> & {
  deadlineMs: number | undefined;
  maxCostUsd: number | undefined;
  /** Absent: the run makes its own. */
  plan: Plan | undefined;
};

const MAX_DEADLINE_MS = 10 * 365 * 86_400_000;
const MAX_COST_USD = 1e9;
const MAX_NAMES = 100;

/** @throws ApplicationFailure of type `InvalidInput` that names the field */
export function checkedAnalyzeInput(input: AnalyzeInput | AnalyzeOneOfMany): Checked {
  const { text, deadlineMs, maxCostUsd, routes, plan } = fieldsOf(input as AnalyzeOneOfMany);
  if (typeof text !== 'string' || isBlank(text)) throw invalidInput('text: expected a text that is not empty');
  if (utf8Bytes(text) > MAX_TEXT_BYTES) throw invalidInput(`text: expected at most ${MAX_TEXT_BYTES} bytes`);
  return {
    text,
    deadlineMs: positive(deadlineMs, 'deadlineMs', 'milliseconds', MAX_DEADLINE_MS),
    maxCostUsd: positive(maxCostUsd, 'maxCostUsd', 'US dollars', MAX_COST_USD),
    ...checkedRoutes(routes),
    plan: checkedPlan(plan),
  };
}

function checkedRoutes(routes: unknown): Pick<AnalyzeInput, 'routes'> {
  if (routes === undefined) return {};
  const isRoute = ([task, names]: [string, unknown]) =>
    TASKS.some((each) => each === task) &&
    Array.isArray(names) &&
    names.length > 0 &&
    names.length <= MAX_NAMES &&
    names.every(isString);
  const named = isObject(routes) ? fieldsOf(routes) : undefined;
  if (named && Object.entries(named).every(isRoute)) return { routes: named };
  throw invalidInput('routes: expected { summarize?: [names of providers], sentiment?: [names of providers] }');
}

function checkedPlan(plan: unknown): Plan | undefined {
  if (plan === undefined) return undefined;
  const isPlan =
    isObject(plan) &&
    isObject(plan.availability) &&
    Array.isArray(plan.skipped) &&
    isObject(plan.routes) &&
    TASKS.every((task) => isRoute((plan.routes as Record<string, unknown>)[task]));
  if (isPlan) return plan as unknown as Plan;
  throw invalidInput('plan: expected a plan as batches and schedules hand it to their runs');
}

function isRoute(route: unknown): boolean {
  return isObject(route) && Array.isArray(route.candidates) && route.candidates.every(isCandidate);
}

function isCandidate(candidate: unknown): boolean {
  if (!isObject(candidate)) return false;
  const { provider, model, timeoutMs, retry, maxOutputTokens } = candidate;
  const isNamed = isString(provider) && isString(model);
  return isNamed && typeof timeoutMs === 'number' && isObject(retry) && typeof maxOutputTokens === 'number';
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}
