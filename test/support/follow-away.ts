// Follows a run whose server is away at first, with nothing else that keeps this process alive.
import { ServiceError, type WorkflowHandle } from '@temporalio/client';
import { endOf } from '../../src/commands/terminal/follow.js';

let asked = 0;
const handle = {
  result() {
    asked += 1;
    return asked < 3 ? Promise.reject(new ServiceError('away')) : Promise.resolve('here again');
  },
} as unknown as WorkflowHandle;
console.log(JSON.stringify(await endOf(handle, new AbortController().signal)));
