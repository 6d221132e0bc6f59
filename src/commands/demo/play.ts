import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { outagesUnderWay } from '../../activities/outage/outage-handle.js';
import type { Analysis, AnalysisStatus } from '../../domain/analyze/analysis.js';
import { ANALYZE_TASK_QUEUE } from '../../domain/task-queues.js';
import type { analyze } from '../../workflows/analyze/analyze.js';
import { progressTeller, waitingWords } from '../analyze/progress.js';
import { webUiUrl } from '../../temporal/connection.js';
import { statusOf } from '../terminal/follow.js';
import { outOfUseWords } from '../terminal/outage-words.js';
import { screenOf } from '../terminal/screen.js';
import { SCENES, type Scene } from './scenes.js';
import type { DemoSet } from './set.js';
import type { Narrator } from './stage-directions.js';

/** A run of the demo that ended, and how. */
export interface PlayedRun {
  id: string;
  scene: Scene;
  analysis: Analysis;
  tookMs: number;
}

const LOOK_EVERY_MS = 200;
/** An act takes 30 s at most; where a machine is very slow it is no demo, but must not hang. */
const ACT_LIMIT_MS = 120_000;
const GONE_FOR_MS = 2_000;
/** For whoever reads along. */
const PAUSE_MS = 1_500;

/** The four acts. @returns the runs, in their order */
export async function play(set: DemoSet, { act, happens }: Narrator): Promise<PlayedRun[]> {
  const { client, vendors } = set;
  const screen = () => ({ ...screenOf(process.stdout), kind: 'terminal' as const }); // told as it happens, also into a pipe

  async function start(scene: Scene): Promise<WorkflowHandle<typeof analyze>> {
    const workflowId = `demo-${scene}`;
    const input = {
      taskQueue: ANALYZE_TASK_QUEUE,
      workflowId,
      args: [{ text: SCENES[scene].text }] as [{ text: string }],
    };
    const handle = await client.workflow.start<typeof analyze>('analyze', input);
    const url = webUiUrl(
      { address: set.address, namespace: 'default', webUi: set.webUi },
      ...([workflowId, handle.firstExecutionRunId] as const),
    );
    happens(`run ${workflowId} begins: ${url}`);
    return handle;
  }

  /** Tells what happens in a run until `isOver`, or its end. */
  async function watch(handle: WorkflowHandle<typeof analyze>, isOver: (status: AnalysisStatus) => boolean) {
    const tell = tellerOf(handle.workflowId);
    const giveUpAtMs = Date.now() + ACT_LIMIT_MS;
    for (;;) {
      if (Date.now() > giveUpAtMs) throw new Error(`${handle.workflowId} takes longer than ${ACT_LIMIT_MS / 1_000} s`);
      const status = await statusOf<AnalysisStatus>(handle);
      if (status) await tell(status);
      if (status && (status.phase === 'done' || isOver(status))) return status;
      if ((await handle.describe()).status.name !== 'RUNNING') return status;
      await sleep(LOOK_EVERY_MS);
    }
  }

  const tellers = new Map<string, ReturnType<typeof progressTeller>>();
  function tellerOf(id: string) {
    const teller = tellers.get(id) ?? progressTeller(happens, screen, () => outagesUnderWay(client));
    tellers.set(id, teller);
    return teller;
  }

  async function end(scene: Scene, handle: WorkflowHandle<typeof analyze>): Promise<PlayedRun> {
    await watch(handle, () => false);
    const analysis = await handle.result().catch((error: unknown) => {
      throw error instanceof WorkflowFailedError ? new Error(`${handle.workflowId}: ${String(error.cause)}`) : error;
    });
    const { startTime, closeTime } = await handle.describe();
    const by = (task: 'summarize' | 'sentiment') =>
      analysis.attempts.find((each) => each.task === task && each.outcome === 'ok')?.provider ?? 'nobody';
    happens(`summarized by ${by('summarize')}: "${analysis.summary}"`);
    happens(`judged by ${by('sentiment')}: ${analysis.sentiment.label}`);
    await sleep(PAUSE_MS);
    return {
      id: handle.workflowId,
      scene,
      analysis,
      tookMs: (closeTime ?? new Date()).getTime() - startTime.getTime(),
    };
  }

  /** Until the list of outages says it. */
  async function untilOutOfUse(provider: string): Promise<void> {
    const giveUpAtMs = Date.now() + ACT_LIMIT_MS;
    while (Date.now() < giveUpAtMs) {
      for (const [unit, state] of await outagesUnderWay(client)) {
        const words = outOfUseWords(unit, state, screen());
        if (words === undefined || !unit.startsWith(provider)) continue;
        happens(words);
        return;
      }
      await sleep(LOOK_EVERY_MS);
    }
  }

  const runs: PlayedRun[] = [];
  act('1. All is well', 'openai summarizes, huggingface judges the summary.');
  runs.push(await end('quiet', await start('quiet')));

  act('2. openai answers 500', 'The run does not wait for it: huggingface takes over. a probe confirms the outage.');
  vendors.breaks('openai', 500);
  runs.push(await end('failing', await start('failing')));
  await untilOutOfUse('openai');
  happens('from now on nobody calls openai but a probe; the next run does not even try');
  runs.push(await end('skipping', await start('skipping')));

  act(
    '3. Now huggingface fails too, right after it was paid for a summary',
    'Nobody is left to judge it: the run waits.',
  );
  vendors.breaksAfterNext('huggingface', 503);
  const handle = await start('waiting');
  const status = await watch(handle, ({ waitingFor }) => waitingFor !== undefined);
  await untilOutOfUse('huggingface');
  const outages = await outagesUnderWay(client);
  happens(`the run is ${waitingWords(status?.waitingFor ?? [], outages, screen())}`);

  act('4. The worker dies: kill -9', 'The run stands in the server. Nobody has to remember anything.');
  await set.killWorker();
  happens('the worker is gone, without a last word');
  await sleep(GONE_FOR_MS);
  happens(`the server says that the run is ${(await handle.describe()).status.name}`);
  happens(`a new worker is ready, process ${await set.startWorker()}; it knows what the dead one knew`);
  vendors.breaks('huggingface', undefined);
  happens('huggingface answers again; the next probe finds out, and wakes the run');
  runs.push(await end('waiting', handle));
  return runs;
}
