import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { PageStatus } from '../../domain/batch/batch.js';

/** To a page: what it may have under way from now on. Carries a `Grant`. */
export const grantedSignal = defineSignal<[unknown]>('granted');
/** To a batch, from one of its pages. Carries a `PageReport`. */
export const pageReportSignal = defineSignal<[unknown]>('page');
export const pageStatusQuery = defineQuery<PageStatus>('status');
