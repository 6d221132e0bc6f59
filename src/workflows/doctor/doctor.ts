import { ActivityFailure, proxyActivities } from '@temporalio/workflow';
import type { DoctorActivities } from '../../activities/doctor/doctor-activities.js';
import { doctorInput, type DoctorInput, type Examination } from '../../domain/doctor/examination.js';
import { oneLine } from '../../domain/text.js';
import { fewAtATime } from '../few-at-a-time.js';
import { parsedInput } from '../input/parsed-input.js';

const WORKERS_AT_ONCE = 20;
/** One after the other: what the local provider reads at first would eat into the time of others. */
const CALLS_AT_ONCE = 1;

/** Asks each worker what it is, and has it ask each of its providers for each task with one cheap call. */
export async function doctor(given: DoctorInput): Promise<Examination> {
  const { workers } = parsedInput(doctorInput, given);
  return fewAtATime(WORKERS_AT_ONCE, workers, examine);
}

async function examine(taskQueue: string): Promise<Examination[number]> {
  const { lookAtWorker, callProvider } = proxyActivities<DoctorActivities>({
    taskQueue,
    scheduleToStartTimeout: '10s', // it is gone
    startToCloseTimeout: '70s',
    retry: { maximumAttempts: 1 },
  });
  try {
    const facts = await lookAtWorker();
    const questions = facts.serves.flatMap(({ provider, tasks }) => tasks.map((task) => ({ provider, task })));
    const checks = await fewAtATime(CALLS_AT_ONCE, questions, (question) => callProvider(question));
    return { taskQueue, facts, checks };
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { taskQueue, checks: [], trouble: oneLine(error.cause?.message ?? error.message) };
  }
}
