import { z } from 'zod';
import type { Plan } from '../../domain/failover/plan.js';
import type { RunInput } from '../../domain/failover/run-input.js';
import type { Task } from '../../domain/task.js';
import { isBlank, MAX_TEXT_BYTES, utf8Bytes } from '../../domain/text.js';
import { isObject } from '../../domain/parsed.js';
import { fieldsOf, invalidInput, positive } from './checked-input.js';

const MAX_DEADLINE_MS = 10 * 365 * 86_400_000;
const MAX_COST_USD = 1e9;
const MAX_NAMES = 100;

const names = z.array(z.string()).min(1).max(MAX_NAMES);
const candidate = z.looseObject({
  provider: z.string(),
  model: z.string(),
  timeoutMs: z.number(),
  retry: z.looseObject({}),
  maxOutputTokens: z.number(),
});
const travellingPlan = z.looseObject({
  availability: z.looseObject({}),
  skipped: z.array(z.unknown()),
  routes: z.record(z.string(), z.looseObject({ candidates: z.array(candidate) })),
});

/**
 * What a run is told beside its text, of any workflow of ours.
 * @param tasks that it asks
 * @throws ApplicationFailure of type `InvalidInput` that names the field
 */
export function runInput(given: RunInput, tasks: readonly Task[]) {
  const { deadlineMs, maxCostUsd, routes, plan }: Record<string, unknown> = fieldsOf(given);
  return {
    deadlineMs: positive(deadlineMs, 'deadlineMs', 'milliseconds', MAX_DEADLINE_MS),
    maxCostUsd: positive(maxCostUsd, 'maxCostUsd', 'US dollars', MAX_COST_USD),
    ...checkedRoutes(routes, tasks),
    plan: checkedPlan(plan, tasks),
  };
}

/** @throws ApplicationFailure of type `InvalidInput` for what is no text that can be asked about */
export function checkedText(text: unknown): string {
  if (typeof text !== 'string' || isBlank(text)) throw invalidInput('text: expected a text that is not empty');
  if (utf8Bytes(text) > MAX_TEXT_BYTES) throw invalidInput(`text: expected at most ${MAX_TEXT_BYTES} bytes`);
  return text;
}

function checkedRoutes(routes: unknown, tasks: readonly Task[]): Pick<RunInput, 'routes'> {
  if (routes === undefined) return {};
  const named = isObject(routes) ? fieldsOf(routes) : undefined;
  const isRoute = ([task, route]: [string, unknown]) => tasks.includes(task) && names.safeParse(route).success;
  if (named && Object.entries(named).every(isRoute)) return { routes: named as Record<Task, string[]> };
  const shape = tasks.map((task) => `${task}?: [names of providers]`).join(', ');
  throw invalidInput(`routes: expected { ${shape} }`);
}

function checkedPlan(plan: unknown, tasks: readonly Task[]): Plan | undefined {
  if (plan === undefined) return undefined;
  const parsed = travellingPlan.safeParse(plan);
  if (parsed.success && tasks.every((task) => Object.hasOwn(parsed.data.routes, task))) return plan as Plan;
  throw invalidInput('plan: expected a plan as batches and schedules hand it to their runs');
}
