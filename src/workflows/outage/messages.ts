import { defineSignal } from '@temporalio/workflow';
import type { OutageReport } from '../../domain/outage/outage-report.js';

/** Tells an outage that its provider failed, once more or as its beginning. */
export const providerFailedSignal = defineSignal<[OutageReport]>('providerFailed');

/** A worker tells how many calls were not made because of the outage, since it told last. */
export const callsSavedSignal = defineSignal<[count: number]>('callsSaved');

/** An operator disables the provider, and says why. */
export const closeSignal = defineSignal<[reason: string]>('close');

/** An operator enables the provider, or takes it back into use at once. */
export const openSignal = defineSignal('open');
