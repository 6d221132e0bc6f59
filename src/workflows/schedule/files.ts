import { proxyActivities, setCurrentDetails, TimeoutFailure, type ActivityOptions } from '@temporalio/workflow';
import type { RecurringActivities } from '../../activities/schedule/recurring-activities.js';
import { filesOf, type HostFiles } from '../../domain/schedule/host-files.js';
import { RECURRING_TASK_QUEUE, type RecurringInput } from '../../domain/schedule/recurring.js';
import { firstElsewhere } from '../elsewhere.js';
import { invalidInput } from '../input/checked-input.js';
import { remember } from './remember.js';

const OF_FILES = {
  startToCloseTimeout: '2m',
  heartbeatTimeout: '8s',
  retry: { initialInterval: '1s', maximumInterval: '1m' }, // a full disk is waited for
} satisfies ActivityOptions;

type FileActivities = Pick<RecurringActivities, 'openFiles' | 'readSource' | 'appendToFile'>;

/** A host that is away is waited for without end; now and then it is looked whether the files are somebody else's by now. */
const ASK_ANEW_AFTER_MS = 60_000;
const ASK_ANEW_AFTER_AT_MOST_MS = 3_600_000;

/** The files of a schedule, on the host that has them. */
export class ScheduleFiles {
  private readonly of: string | undefined;

  /** @param known who had them at the run before */
  constructor(
    private readonly input: RecurringInput,
    private known: HostFiles | undefined,
  ) {
    this.of = filesOf(input);
    if (known?.of !== this.of) this.known = undefined;
  }

  /** Who has them; undefined while nobody was asked. */
  get host(): HostFiles | undefined {
    return this.known;
  }

  /** Works on them where they are, as soon as somebody is there. */
  async work<T>(act: (activities: FileActivities) => Promise<T>): Promise<T> {
    for (let waitMs = ASK_ANEW_AFTER_MS; ; waitMs = Math.min(2 * waitMs, ASK_ANEW_AFTER_AT_MOST_MS)) {
      this.known ??= await this.open();
      const { queue, host } = this.known;
      try {
        return await act(
          proxyActivities<FileActivities>({ taskQueue: queue, scheduleToStartTimeout: waitMs, ...OF_FILES }),
        );
      } catch (error) {
        if (!isNobodyThere(error)) throw error;
        setCurrentDetails(`waits for ${host ?? 'a worker'}, which has the files`);
        this.known = undefined;
      }
    }
  }

  private async open(): Promise<HostFiles> {
    const { schedule, source, sink } = this.input;
    const request = { schedule, source, sink };
    const { openFiles } = proxyActivities<FileActivities>({ taskQueue: RECURRING_TASK_QUEUE, ...OF_FILES });
    const first = await openFiles(request);
    if (!('elsewhere' in first)) return this.remembered(first);
    const found = await firstElsewhere<HostFiles>(first.elsewhere, (taskQueue) => {
      const there = proxyActivities<FileActivities>({ taskQueue, ...OF_FILES, scheduleToStartTimeout: '10s' });
      return there.openFiles(request);
    });
    if (found) return this.remembered(found);
    if (first.problem !== undefined) throw invalidInput(first.problem);
    const made = await openFiles({ ...request, toBeMade: true });
    if ('elsewhere' in made) throw invalidInput('nobody has the files');
    return this.remembered(made);
  }

  /** Before anything is written, so that no run after a failed one looks for another host. */
  private async remembered(files: HostFiles): Promise<HostFiles> {
    await remember(this.input.schedule, { files });
    return files;
  }
}

function isNobodyThere(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START';
}
