import { condition, defineSignal, setHandler, type WorkflowInterceptors } from '@temporalio/workflow';
import type { Notice } from '../../../src/domain/notices/notice.js';

/** Holds the notice that an outage ended until `letGo`: what comes meanwhile comes while it is on its way. */
export function interceptors(): WorkflowInterceptors {
  let isHeld = true;
  setHandler(defineSignal('letGo'), () => {
    isHeld = false;
  });
  return {
    outbound: [
      {
        async startChildWorkflowExecution(input, next) {
          const [{ type }] = input.options.args as [Notice];
          if (type === 'outage.ended') await condition(() => !isHeld);
          return next(input);
        },
      },
    ],
  };
}
