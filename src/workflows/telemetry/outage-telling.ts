import { log, metricMeter, workflowInfo } from '@temporalio/workflow';
import { endedNotice, isOutOfUse, isWorthANotice, openedNotice } from '../../domain/notices/outage-notice.js';
import type { OutageState } from '../../domain/outage/outage.js';
import { send } from '../notices/announce.js';

/** Tells the log, the metrics and whoever wants a notice that an outage opened or ended. */
export class OutageTelling {
  private readonly sending: Promise<void>[] = [];

  /**
   * @param unit a model as `provider/model`, or a whole provider
   * @param announces whether somebody wants notices
   * @param announced since when the outage under way is, where its opening was told; epoch milliseconds
   */
  constructor(
    private readonly unit: string,
    private readonly announces: boolean,
    private announced?: number,
  ) {}

  /** Of an outage whose opening is told, when it began: to be carried over when the history is cut. */
  get announcedSinceMs(): number | undefined {
    return this.announced;
  }

  /** @param before undefined: it has just begun */
  became(
    before: OutageState | undefined,
    state: OutageState,
    told: { callsSaved: number; runsThatWaited: number },
  ): void {
    const wasOut = before !== undefined && isOutOfUse(before);
    const of = { unit: this.unit, runId: workflowInfo().firstExecutionRunId, nowMs: Date.now() };
    const [provider = this.unit] = this.unit.split('/');
    const { cause, message, sinceMs, phase } = state;
    if (!wasOut && isOutOfUse(state)) {
      log.info(`${this.unit} is out of use: ${cause}`, { provider, kind: cause, phase, said: message });
    }
    if (isOutOfUse(state) && this.announced === undefined && this.announces && isWorthANotice(state, of.nowMs)) {
      this.announced = sinceMs;
      this.sending.push(send(openedNotice(state, of)));
    }
    if (!wasOut || isOutOfUse(state)) return;
    const seconds = (of.nowMs - sinceMs) / 1_000;
    log.info(`${this.unit} is back in use after ${seconds.toFixed(1)} s: ${cause}`, { provider, kind: cause, phase });
    const model = this.unit.slice(provider.length + 1);
    metricMeter
      .createHistogram('understudy_outage_duration', 'float', 'seconds', 'How long outages lasted that ended')
      .record(seconds, { provider, model, cause });
    if (this.announced === undefined) return;
    this.announced = undefined;
    this.sending.push(send(endedNotice(state, of, told)));
  }

  /** Settles when all notices are on their way. */
  async settled(): Promise<void> {
    await Promise.all(this.sending.splice(0));
  }
}
