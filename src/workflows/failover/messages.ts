import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { RunStatus } from '../../domain/failover/run-status.js';

/** Where a run of `analyze` or `ask` stands, at any time and after its end. */
export const statusQuery = defineQuery<RunStatus>('status');

/** Cuts the wait of a run short: everybody who is left alone for a while may be asked again at once. */
export const retryNowSignal = defineSignal('retryNow');

/**
 * Tells a waiting run that what an outage held up is back in use: a model as `provider/model`, or a whole provider. Any
 * workflow may be the run, so the name is none that its author would take.
 */
export const reopenedSignal = defineSignal<[unit: string]>('understudy.reopened');

/** Asks an outage to wake a run, by its workflow id, when it is over. */
export const waitForSignal = defineSignal<[workflowId: string]>('waitFor');
