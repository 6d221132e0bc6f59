import { redacted } from '../../domain/schedule/endpoint-error.js';
import { oneLine } from '../../domain/text.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import { recurringIdOf, type RecurringInput, type Sink, type Source } from '../../domain/schedule/recurring.js';
import type { recurring } from '../../workflows/schedule/recurring.js';

/** What a schedule starts each time. */
export function actionFor(input: RecurringInput) {
  const { schedule, source, sink } = input;
  return {
    type: 'startWorkflow' as const,
    workflowType: 'recurring' as unknown as typeof recurring,
    workflowId: recurringIdOf(schedule), // Temporal appends the time
    taskQueue: ANALYZE_TASK_QUEUE,
    args: [input] as [RecurringInput],
    staticSummary: oneLine(`${shownSource(source)} to ${shownSink(sink)}`, MAX_SUMMARY_CHARS),
  };
}

/** Temporal's limit is 400 bytes. */
const MAX_SUMMARY_CHARS = 130;

export function shownSource(source: Source): string {
  if (source.kind === 'file') return oneLine(`file:${source.path}`);
  const { kind, url, authEnv } = source;
  return oneLine(`${kind}:${redacted(url)}${authEnv === undefined ? '' : `, with ${authEnv}`}`);
}

export function shownSink(sink: Sink): string {
  if (sink.kind === 'file') return oneLine(sink.path);
  return `webhook ${new URL(sink.url).origin}${sink.secretEnv === undefined ? ', not signed' : `, signed with ${sink.secretEnv}`}`;
}
