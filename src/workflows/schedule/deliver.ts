import { ActivityFailure, ApplicationFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { RecurringActivities } from '../../activities/schedule/recurring-activities.js';
import { RECURRING_TASK_QUEUE, type Sink } from '../../domain/schedule/recurring.js';
import { fewAtATime } from '../few-at-a-time.js';
import type { ScheduleFiles } from './files.js';
import type { Taken } from './take-items.js';

const POSTS_AT_ONCE = 4;

const { postToWebhook } = proxyActivities<RecurringActivities>({
  taskQueue: RECURRING_TASK_QUEUE,
  startToCloseTimeout: '1m', // the adapter gives up earlier and says why
  heartbeatTimeout: '8s',
  // After that the run fails; the next one delivers what is done already, and pays for nothing twice.
  scheduleToCloseTimeout: '1h',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

type Webhook = Extract<Sink, { kind: 'webhook' }>;

/** What became of results at their sink. */
export interface Delivered {
  accepted: Taken[];
  /** The sink does not accept these; that is final. */
  refused: (Taken & { message: string })[];
  /** Why the others could not be delivered now. */
  failure?: Error;
  /** There was one only, and it was not let in. */
  doubted?: true;
}

/**
 * Brings results to their sink: each once to a file, at least once to a webhook.
 * @param doubted the last result before these was not let in either
 */
export async function deliver(
  sink: Sink,
  taken: readonly Taken[],
  { files, doubted }: { files: ScheduleFiles; doubted: boolean },
): Promise<Delivered> {
  if (taken.length === 0) return { accepted: [], refused: [], ...(doubted && { doubted }) };
  if (sink.kind === 'webhook') return post(sink, taken, doubted);
  const deliveries = taken.map(({ delivery }) => delivery);
  await files.work(({ appendToFile }) => appendToFile(sink.path, deliveries));
  return { accepted: [...taken], refused: [] };
}

/**
 * A webhook that lets some in has refused the others for good. Where it lets in none of several, or not even one for the
 * second time, it is closed to us: that is mended, and no item has anything to do with it.
 */
async function post(webhook: Webhook, taken: readonly Taken[], doubted: boolean): Promise<Delivered> {
  let isBroken = false;
  const answers = await fewAtATime(POSTS_AT_ONCE, taken, async (each) => {
    const answer = isBroken ? ({ what: 'not tried' } as const) : await answerTo(webhook, each);
    isBroken ||= answer.what === 'broken';
    return { each, answer };
  });
  const those = (what: Answer['what']) =>
    answers.flatMap(({ each, answer }) => (answer.what === what ? [{ ...each, answer }] : []));
  const refusing = (some: ReturnType<typeof those>) =>
    some.map(({ item, delivery, answer }) => ({ item, delivery, message: errorIn(answer)?.message ?? '' }));
  const accepted = those('accepted').map(({ item, delivery }) => ({ item, delivery }));
  const refused = refusing(those('refused'));
  const notLetIn = those('not let in');
  const [broken] = those('broken');
  const letsIn = accepted.length + refused.length > 0;
  const isLone = taken.length === 1 && !doubted;
  const isClosed = notLetIn.length > 0 && !letsIn && !isLone;
  const failure = broken ? errorIn(broken.answer) : isClosed ? errorIn(notLetIn[0]?.answer) : undefined;
  return {
    accepted,
    refused: isClosed ? refused : [...refused, ...(letsIn || isLone ? refusing(notLetIn) : [])],
    ...(failure && { failure }),
    ...(!letsIn && isLone && notLetIn.length > 0 && { doubted: true }),
  };
}

type Answer =
  | { what: 'accepted' | 'not tried' }
  /** `refused`: this result; `not let in`: whether it lets any in, the others tell; `broken`: nothing goes through. */
  | { what: 'refused' | 'not let in' | 'broken'; error: Error };

function errorIn(answer: Answer | undefined): Error | undefined {
  return answer && 'error' in answer ? answer.error : undefined;
}

async function answerTo(webhook: Webhook, { delivery }: Taken): Promise<Answer> {
  try {
    await postToWebhook({ webhook, delivery });
    return { what: 'accepted' };
  } catch (error) {
    if (isCancellation(error) || !(error instanceof Error)) throw error;
    const cause =
      error instanceof ActivityFailure && error.cause instanceof ApplicationFailure ? error.cause : undefined;
    if (cause?.type === 'ResultRefused') return { what: 'refused', error: cause };
    if (cause?.type === 'Forbidden') return { what: 'not let in', error: cause };
    return { what: 'broken', error: cause ?? error };
  }
}
