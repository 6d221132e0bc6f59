import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowExecutionAlreadyStartedError, WorkflowFailedError, type Client } from '@temporalio/client';
import type { Analysis } from '../../src/domain/analyze/analysis.js';
import type { analyze } from '../../src/workflows/analyze/analyze.js';

const AGAIN_MS = 500;

/** Runs that are started all the while, whatever is down at the moment. */
export interface Load {
  /** The texts, by workflow id. */
  texts: Map<string, string>;
  /** Starts no more, and waits until the last one is with the server. */
  stop(): Promise<void>;
  /** Starts no more, whether the last one is with the server or not. */
  abandon(): void;
}

/** @param textOf of the run with this number */
export function startLoad(client: Client, everyMs: number, textOf: (run: number) => string): Load {
  const texts = new Map<string, string>();
  const over = new AbortController();
  let isAbandoned = false;
  const underWay = (async () => {
    for (let run = 0; !over.signal.aborted; run += 1) {
      const workflowId = `stack-run-${run}`;
      const text = textOf(run);
      texts.set(workflowId, text);
      await insisted(
        () =>
          client.workflow.start<typeof analyze>('analyze', { taskQueue: 'understudy', workflowId, args: [{ text }] }),
        () => isAbandoned,
      ).catch((error: unknown) => {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error; // the answer to the first try was lost
      });
      await sleep(everyMs);
    }
  })();
  underWay.catch(() => undefined); // told by stop
  return {
    texts,
    abandon() {
      isAbandoned = true;
      over.abort();
    },
    async stop() {
      over.abort();
      await underWay;
    },
  };
}

/** @throws Error when the run failed, or has not ended by then */
export async function resultOf(client: Client, workflowId: string, giveUpAtMs: number): Promise<Analysis> {
  const handle = client.workflow.getHandle<typeof analyze>(workflowId);
  return insisted(
    () => client.connection.withDeadline(giveUpAtMs, () => handle.result()),
    () => Date.now() > giveUpAtMs,
  );
}

/** Again and again, as a server that is down makes a call fail and not a run. */
async function insisted<T>(call: () => Promise<T>, isHopeless: () => boolean): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      const isTheRuns = error instanceof WorkflowFailedError || error instanceof WorkflowExecutionAlreadyStartedError;
      if (isTheRuns || isHopeless()) throw error;
      await sleep(AGAIN_MS);
    }
  }
}
