import type { ResultLine } from '../../../domain/batch/result-line.js';
import { count, emptyTally, type Tally } from '../../../domain/batch/tally.js';
import type { Task } from '../../../domain/task.js';
import type { LineRun } from './line-runs.js';

/** A line that is shown by itself. */
export interface ShownLine {
  line: number;
  id: string;
  run?: LineRun | undefined;
  /** `12.3 s`, or what kind of failure. */
  what: string;
  message?: string;
  /** Of the input; only where it was asked for. */
  text?: string;
}

/** Lines that the same providers answered, those that failed left out. */
export interface Share {
  /** By task. */
  providers: Record<Task, string>;
  lines: number;
  /** US dollars; null when not known */
  costUsd: number | null;
}

/** What a report says of a batch: every figure is a count over the lines of its output. */
export interface Figures {
  tally: Tally;
  /** Lines whose text was paid for by another. */
  same: number;
  /** Lines that the local provider helped with. */
  degraded: number;
  /** By who answered, the most lines first. */
  shares: Share[];
  /** Of all but the first share: what failover saved. */
  saved: Pick<Share, 'lines' | 'costUsd'>;
  /** Lines by who answered the first task, or `failed`, for each slot of time, by when their run ended. */
  overTime: TimeSlot[];
  /** Lines that have no run of their own, or one that the server has no more: they are in no slot. */
  withoutTime: number;
  /** Lines by how long their run took. */
  durations: { upTo: string; lines: number }[];
  slowest: ShownLine[];
  /** The first of those that failed. */
  failed: ShownLine[];
}

interface TimeSlot {
  /** Epoch milliseconds. */
  fromMs: number;
  lines: Record<string, number>;
}

export const FAILED = 'failed';
const STRETCHES = 40;
const MAX_FAILED = 200;
const MAX_SLOW = 20;

const DURATIONS: readonly (readonly [upTo: string, ms: number])[] = [
  ['1 s', 1_000],
  ['3 s', 3_000],
  ['10 s', 10_000],
  ['30 s', 30_000],
  ['1 min', 60_000],
  ['5 min', 300_000],
  ['1 h', 3_600_000],
  ['longer', Infinity],
];

/** @param lines all of an output @param runs of the lines */
export async function figuresOf(
  lines: AsyncIterable<ResultLine>,
  runs: ReadonlyMap<number, LineRun>,
): Promise<Figures> {
  const shares = new Map<string, Share>();
  const overTime = stretchesOf(runs);
  const durations = DURATIONS.map(([upTo]) => ({ upTo, lines: 0 }));
  const tally = emptyTally();
  const failed: ShownLine[] = [];
  let slowest: { line: ResultLine; run: LineRun }[] = [];
  let [same, degraded, withoutTime] = [0, 0, 0];
  for await (const line of lines) {
    count(tally, line);
    if (line.sameAs !== undefined) same += 1;
    const run = line.sameAs === undefined ? runs.get(line.line) : undefined;
    const answered = 'error' in line ? undefined : line.providers;
    if ('error' in line) {
      const { type, message } = line.error;
      if (failed.length < MAX_FAILED) failed.push({ ...shown(line, run), what: type, message });
    } else {
      if (line.degraded) degraded += 1;
      addShare(shares, line.providers, line.costUsd);
    }
    if (!run) {
      withoutTime += 1;
      continue;
    }
    overTime.add(run.endedAtMs, answered === undefined ? FAILED : (Object.values(answered)[0] ?? FAILED));
    const tookMs = run.endedAtMs - run.startedAtMs;
    const bin = durations[DURATIONS.findIndex(([, ms]) => tookMs <= ms)];
    if (bin) bin.lines += 1;
    slowest.push({ line, run });
    if (slowest.length >= 50 * MAX_SLOW) slowest = slowestOf(slowest);
  }
  const inTurn = [...shares.values()].sort((one, other) => other.lines - one.lines);
  return {
    ...{ tally, same, degraded, shares: inTurn, withoutTime, durations, failed },
    saved: inTurn.slice(1).reduce(addUp, { lines: 0, costUsd: 0 }),
    overTime: overTime.slots,
    slowest: slowestOf(slowest).map(({ line, run }) => ({
      ...shown(line, run),
      what: `${((run.endedAtMs - run.startedAtMs) / 1_000).toFixed(1)} s`,
    })),
  };
}

function shown({ line, id }: ResultLine, run: LineRun | undefined) {
  return { line, id: String(id), run };
}

function slowestOf(some: { line: ResultLine; run: LineRun }[]) {
  const tookMs = ({ run }: { run: LineRun }) => run.endedAtMs - run.startedAtMs;
  return some.sort((one, other) => tookMs(other) - tookMs(one)).slice(0, MAX_SLOW);
}

function addShare(shares: Map<string, Share>, providers: Record<Task, string>, costUsd: number | null): void {
  const key = JSON.stringify(providers);
  const before = shares.get(key) ?? { providers, lines: 0, costUsd: 0 };
  shares.set(key, { ...before, ...addUp(before, { lines: 1, costUsd }) });
}

function addUp(one: Pick<Share, 'lines' | 'costUsd'>, other: Pick<Share, 'lines' | 'costUsd'>) {
  const costUsd = one.costUsd === null || other.costUsd === null ? null : one.costUsd + other.costUsd;
  return { lines: one.lines + other.lines, costUsd };
}

/** Stretches of time of the same length, from the first end of a run to the last. */
function stretchesOf(runs: ReadonlyMap<number, LineRun>) {
  let [firstMs, lastMs] = [Infinity, -Infinity];
  for (const { endedAtMs } of runs.values()) {
    firstMs = Math.min(firstMs, endedAtMs);
    lastMs = Math.max(lastMs, endedAtMs);
  }
  const lengthMs = Math.max(1_000, Math.ceil((lastMs - firstMs + 1) / STRETCHES));
  const many = runs.size === 0 ? 0 : Math.floor((lastMs - firstMs) / lengthMs) + 1;
  const slots = Array.from({ length: many }, (_, index): TimeSlot => ({
    fromMs: firstMs + index * lengthMs,
    lines: {},
  }));
  return {
    slots,
    add(atMs: number, who: string) {
      const slot = slots[Math.floor((atMs - firstMs) / lengthMs)];
      if (slot) slot.lines[who] = (slot.lines[who] ?? 0) + 1;
    },
  };
}
