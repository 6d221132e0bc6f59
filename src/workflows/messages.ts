import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { AnalysisStatus } from '../domain/analyze/analysis.js';
import type { OutageReport } from '../domain/outage/outage.js';

/** Where a run of `analyze` stands, at any time and after its end. */
export const statusQuery = defineQuery<AnalysisStatus>('status');

/** Cuts the wait of a run short: every resting provider may be asked again at once. */
export const retryNowSignal = defineSignal('retryNow');

/** Tells a waiting run that a provider is back, and over how many milliseconds those who wait spread their return. */
export const reopenedSignal = defineSignal<[provider: string, spreadMs: number]>('reopened');

/** Tells an outage that its provider failed, once more or as its beginning. */
export const providerFailedSignal = defineSignal<[OutageReport]>('providerFailed');

/** Asks an outage to wake a run, by its workflow id, when the provider is back. */
export const waitForSignal = defineSignal<[workflowId: string]>('waitFor');

/** An operator takes a provider out of service, and says why. */
export const closeSignal = defineSignal<[reason: string]>('close');

/** An operator takes a provider back into service. */
export const openSignal = defineSignal('open');
