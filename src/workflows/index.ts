export { analyze } from './analyze/analyze.js';
export { batch } from './batch/batch.js';
export { outage } from './outage/outage.js';
export { recurring } from './schedule/recurring.js';
