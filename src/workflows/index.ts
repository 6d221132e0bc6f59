export { analyze } from './analyze.js';
export { batch } from './batch.js';
export { outage } from './outage.js';
export { recurring } from './recurring.js';
