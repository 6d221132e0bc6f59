import { setWorkflowOptions } from '@temporalio/workflow';
import { analyze } from './analyze/analyze.js';
import { ask } from './ask/ask-workflow.js';
import { batch } from './batch/batch.js';
import { batchPage } from './batch/batch-page.js';
import { doctor } from './doctor/doctor.js';
import { notice } from './notices/notice.js';
import { outage } from './outage/outage.js';
import { scheduleMemory } from './schedule/memory.js';
import { recurring } from './schedule/recurring.js';

/** A defect of ours ends a run by its name; its workflow task would otherwise fail again and again, and nobody would hear. */
const DEFECTS = { failureExceptionTypes: [TypeError, RangeError] };

setWorkflowOptions(DEFECTS, analyze);
setWorkflowOptions(DEFECTS, ask);
setWorkflowOptions(DEFECTS, batch);
setWorkflowOptions(DEFECTS, batchPage);
setWorkflowOptions(DEFECTS, doctor);
setWorkflowOptions(DEFECTS, notice);
setWorkflowOptions(DEFECTS, outage);
setWorkflowOptions(DEFECTS, recurring);
setWorkflowOptions(DEFECTS, scheduleMemory);

export { analyze, ask, batch, batchPage, doctor, notice, outage, recurring, scheduleMemory };
