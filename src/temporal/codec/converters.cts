/**
 * What workflow code converts with where encryption is on. CommonJS, as the SDK takes converters by `require`; bundled
 * into the workflows, so it imports nothing that the sandbox does not have.
 */
import common = require('@temporalio/common');
import workflow = require('@temporalio/workflow');

/** As `encryption-codec.ts` marks what a worker does not take. */
const REFUSED = 'understudy/refused';

/** Messages and stack traces become payloads, which the codec encrypts; the server would keep them readable otherwise. */
const failureConverter = new common.DefaultFailureConverter({ encodeCommonAttributes: true });

/**
 * Gives what a run was sent unencrypted as a value that no handler takes for its own: the run ends, or the signal is
 * passed over, where an error would make the server send the same task for ever. What a run waits for (the result of an
 * activity or a child) is an error all the same: nothing may be made up in its place.
 */
const payloadConverter: common.PayloadConverter = {
  toPayload: (value, context) => common.defaultPayloadConverter.toPayload(value, context),
  fromPayload: (payload, context) => {
    const value = common.defaultPayloadConverter.fromPayload<never>(payload, context);
    if (payload.metadata?.[REFUSED] === undefined || isSentToThisRun(context)) return value;
    throw new common.ValueError(
      'a payload is not encrypted, and only what is encrypted is taken here (encryption is on)',
    );
  },
};

function isSentToThisRun(context: common.SerializationContext | undefined): boolean {
  if (context?.type !== 'workflow' || !workflow.inWorkflowContext()) return false;
  return context.workflowId === workflow.workflowInfo().workflowId;
}

export = { failureConverter, payloadConverter };
