import { workflowInfo, type ContinueAsNewOptions } from '@temporalio/workflow';

/** Continues a workflow as new on the version that is current by then; otherwise it stays on the one that it began on. */
export const TO_CURRENT_VERSION = { initialVersioningBehavior: 'AUTO_UPGRADE' } as const satisfies ContinueAsNewOptions;

/**
 * New runs go to another version than this workflow's: where it goes on for long it cuts its history now, so that the
 * old version's workers can be stopped. Always false where workers are not versioned.
 */
export function isVersionSuperseded(): boolean {
  return workflowInfo().targetWorkerDeploymentVersionChanged;
}
