import { z } from 'zod';
import { held } from '../input.js';
import { NOTICE_TOPICS } from '../telemetry/tells.js';

const MAX_ID_CHARS = 600;
const MAX_TEXT_CHARS = 2_000;
const MAX_TYPE_CHARS = 60;

/**
 * What somebody asked to be told, once. `id` is the same however often it is sent; `text` is what Slack and Teams show; of
 * the texts that are analyzed it holds nothing.
 */
export const notice = held(
  z.strictObject({
    id: z.string().min(1).max(MAX_ID_CHARS),
    topic: z.enum([...NOTICE_TOPICS, 'test']),
    type: z.string().min(1).max(MAX_TYPE_CHARS),
    /** ISO 8601, of what happened. */
    at: z.string().max(40),
    text: z.string().max(MAX_TEXT_CHARS),
    data: z.record(z.string().max(100), z.unknown()),
  }),
);

export type Notice = z.output<ReturnType<typeof notice>>;

/** The task queue from which notices are sent: whoever serves workflows sends them. */
export const NOTICES_TASK_QUEUE = 'understudy.notices';

/** How a workflow that sends a notice is called. */
export function noticeWorkflowId({ id }: Pick<Notice, 'id'>): string {
  return `notice/${id}`;
}
