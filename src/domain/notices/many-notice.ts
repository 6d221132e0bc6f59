import { oneLine } from '../text.js';
import type { Notice } from './notice.js';

/** What a batch, or one run of a schedule, came to. */
interface Ended {
  /** Of the batch, or of the run of the schedule: a workflow id, and a run id where ids are used again. */
  id: string;
  runId: string;
  nowMs: number;
  done: number;
  failed: number;
  /** US dollars; null where it is not known. */
  costUsd: number | null;
  /** What made it fail; absent where it came to its end. */
  error?: { type: string; message: string };
}

/** The end of many texts, good or bad. */
export function manyNotice(topic: 'batch' | 'schedule', ended: Ended): Notice {
  const { id, runId, nowMs, done, failed, costUsd, error } = ended;
  const outcome = error ? 'failed' : 'ended';
  const cost = costUsd === null ? 'cost not known' : `$${costUsd.toFixed(4)}`;
  const told = error ? `failed: ${error.type}: ${error.message}` : `ended: ${done} done, ${failed} failed, ${cost}`;
  return {
    id: `${topic}/${id.slice(0, MAX_ID_CHARS)}/${runId}/${outcome}`,
    topic,
    type: `${topic}.${outcome}`,
    at: new Date(nowMs).toISOString(),
    text: oneLine(`${topic} ${id} ${told}`, MAX_TEXT_CHARS),
    data: { workflowId: id, runId, done, failed, costUsd, ...(error && { error }) },
  };
}

const MAX_ID_CHARS = 400;
const MAX_TEXT_CHARS = 1_000;
