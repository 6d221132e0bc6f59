import { failedResultBody } from '../../domain/batch/result-line.js';
import type { Delivery } from '../../domain/schedule/delivery.js';
import { mayPass } from '../../domain/schedule/may-pass.js';
import { othersFirst } from '../../domain/schedule/put-off.js';
import type { Item } from '../../domain/schedule/reading.js';
import type { RecurringInput } from '../../domain/schedule/recurring.js';
import { oneLine } from '../../domain/text.js';
import type { PlanOfMany } from '../failover/plan-of-many.js';
import { fewAtATime } from '../few-at-a-time.js';
import { invalidInput } from '../input/checked-input.js';
import { itemRun, type ItemOutcome } from './item-run.js';

const UNDER_WAY_AT_ONCE = 4;
/** One after the other without a result for what passes: then the rest is left for later, and not tried in vain. */
const MAX_PUT_OFF_IN_A_ROW = 8;
const MAX_MESSAGE_CHARS = 300;

/** An item with what its sink gets. */
export interface Taken {
  item: Item;
  delivery: Delivery;
}

/** What came of the items of a reading. */
export interface Outcome {
  /** In the order of the items. */
  taken: Taken[];
  /** Items for the next run: those that the budget left, and those without a result for what passes. */
  postponed: Item[];
  /** Of the latter, the last that was tried, and the keys of all that were. */
  putOff?: { type: string; message: string; keys: string[] };
  /** Of the whole run. US dollars; null when not known. */
  costUsd: number | null;
  /** The same with what is not certain at its worst: never too little. US dollars. */
  mostSpentUsd: number;
}

interface Before extends Pick<Outcome, 'costUsd' | 'mostSpentUsd'> {
  plan: PlanOfMany;
  /** Of items that earlier runs tried in vain: they begin when the others have. */
  putOffKeys: readonly string[];
}

/**
 * Has each item done in a run of its own, once: its id is made of the schedule and the item, and what an earlier run has
 * done, or still does, is taken from there. What fails for good is the error of its item.
 * @throws ApplicationFailure of type `InvalidInput` when no item can be done this way: a budget without prices
 * @param before what the run has spent before, and what earlier ones put off
 */
export async function takeItems(input: RecurringInput, items: readonly Item[], before: Before): Promise<Outcome> {
  const { schedule, maxCostUsd } = input;
  const postponed: Item[] = [];
  let { costUsd, mostSpentUsd } = before;
  let putOff: Outcome['putOff'];
  let inARow = 0;
  let isBudgetSpent = false;

  /** @returns undefined where it is left for the next run */
  async function bodyFor(item: Item): Promise<ItemOutcome['body'] | undefined> {
    const { content } = item;
    if ('error' in content) return failedResultBody({ ...content.error, attempts: [], atMostUsd: 0 });
    const leftUsd = maxCostUsd === undefined ? undefined : maxCostUsd - mostSpentUsd;
    if (isBudgetSpent || inARow >= MAX_PUT_OFF_IN_A_ROW || (leftUsd !== undefined && leftUsd <= 0)) return undefined;
    const outcome = await itemRun(input, item, content.text, { leftUsd, plan: await before.plan.now() });
    const { body, failure } = outcome;
    if (failure?.type === 'InvalidInput') throw invalidInput(failure.message); // about all items
    costUsd = costUsd === null || outcome.costUsd === null ? null : costUsd + outcome.costUsd;
    mostSpentUsd += outcome.mostSpentUsd;
    if (failure && mayPass(failure)) {
      inARow += 1;
      const keys = [...(putOff?.keys ?? []), item.key];
      putOff = { type: failure.type, message: oneLine(failure.message, MAX_MESSAGE_CHARS), keys };
      return undefined;
    }
    inARow = 0;
    // With all of the budget before it, it will never fit: that is its result.
    isBudgetSpent = failure?.type === 'BudgetExceeded' && leftUsd !== maxCostUsd;
    return isBudgetSpent ? undefined : body;
  }

  // A budget is spent by one at a time, so that each knows what is left.
  const few = maxCostUsd === undefined ? UNDER_WAY_AT_ONCE : 1;
  const taken = new Map<Item, Taken>();
  await fewAtATime(few, othersFirst(items, before.putOffKeys), async (item) => {
    const { key, take, about, content } = item;
    const body = await bodyFor(item);
    if (body === undefined) {
      postponed.push(item);
      return;
    }
    const note = 'note' in content ? { note: content.note } : {};
    const id = take === undefined ? `${schedule}/${key}` : `${schedule}/${key}/${take}`;
    taken.set(item, { item, delivery: { id, schedule, ...about, ...note, ...body } });
  });
  return {
    taken: items.flatMap((item) => taken.get(item) ?? []),
    postponed,
    ...(putOff && { putOff }),
    costUsd,
    mostSpentUsd,
  };
}
