/**
 * What workflow code converts with; the converter of failures is for where encryption is on. CommonJS, as the SDK takes converters by `require`; bundled
 * into the workflows, so it imports nothing that the sandbox does not have.
 */
import common = require('@temporalio/common');
import workflow = require('@temporalio/workflow');

/** As `encryption-codec.ts` marks what a worker does not take, and as `checked-input.ts` knows what stands in for it. */
const REFUSED = 'understudy/refused';

/** Messages and stack traces become payloads, which the codec encrypts; the server would keep them readable otherwise. */
const failureConverter = new common.DefaultFailureConverter({ encodeCommonAttributes: true });

/**
 * Gives what a run was sent unencrypted, or in bytes that are no value, as one that no handler takes for its own: the
 * run ends, or the signal is passed over, where an error would make the server send the same task for ever. What a run
 * waits for (the result of an activity or a child) is an error all the same: nothing may be made up in its place.
 */
const payloadConverter: common.PayloadConverter = {
  toPayload: (value, context) => common.defaultPayloadConverter.toPayload(value, context),
  fromPayload: (payload, context) => {
    if (isSentToThisRun(context)) return valueOrStandIn(payload, context) as never;
    if (payload.metadata?.[REFUSED] === undefined) {
      return common.defaultPayloadConverter.fromPayload(payload, context);
    }
    throw new common.ValueError(
      'a payload is not encrypted, and only what is encrypted is taken here (encryption is on)',
    );
  },
};

function valueOrStandIn(payload: common.Payload, context: common.SerializationContext | undefined): unknown {
  try {
    const value: unknown = common.defaultPayloadConverter.fromPayload(payload, context);
    // A million bytes are a million fields to whoever looks through them, and no input of ours is bytes.
    if (!ArrayBuffer.isView(value)) return value;
  } catch {
    // as below
  }
  return common.defaultPayloadConverter.fromPayload(STAND_IN, context);
}

function isSentToThisRun(context: common.SerializationContext | undefined): boolean {
  if (context?.type !== 'workflow' || !workflow.inWorkflowContext()) return false;
  return context.workflowId === workflow.workflowInfo().workflowId;
}

const STAND_IN = common.defaultPayloadConverter.toPayload({ [REFUSED]: 'no JSON' });

export = { failureConverter, payloadConverter };
