import { setWorkflowOptions } from '@temporalio/workflow';
import { analyze } from './analyze/analyze.js';
import { ask } from './ask/ask-workflow.js';
import { batch } from './batch/batch.js';
import { notice } from './notices/notice.js';
import { outage } from './outage/outage.js';
import { recurring } from './schedule/recurring.js';

/** A defect of ours ends a run by its name; its workflow task would otherwise fail again and again, and nobody would hear. */
const DEFECTS = { failureExceptionTypes: [TypeError, RangeError] };

setWorkflowOptions(DEFECTS, analyze);
setWorkflowOptions(DEFECTS, ask);
setWorkflowOptions(DEFECTS, batch);
setWorkflowOptions(DEFECTS, notice);
setWorkflowOptions(DEFECTS, outage);
setWorkflowOptions(DEFECTS, recurring);

export { analyze, ask, batch, notice, outage, recurring };
