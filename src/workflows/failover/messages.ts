import { defineSignal } from '@temporalio/workflow';

/** Cuts the wait of a run short: everybody who is left alone for a while may be asked again at once. */
export const retryNowSignal = defineSignal('retryNow');

/** Tells a waiting run that what an outage held up is back in use: a model as `provider/model`, or a whole provider. */
export const reopenedSignal = defineSignal<[unit: string]>('reopened');

/** Asks an outage to wake a run, by its workflow id, when it is over. */
export const waitForSignal = defineSignal<[workflowId: string]>('waitFor');
