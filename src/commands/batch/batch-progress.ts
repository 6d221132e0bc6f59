import type { BatchStatus } from '../../domain/batch/batch.js';
import { doneIn } from '../../domain/batch/tally.js';
import { progressLine } from '../terminal/bar.js';
import { duration } from '../terminal/clock.js';
import { money } from '../terminal/money.js';
import { screenOf } from '../terminal/screen.js';
import { inPlace } from '../terminal/in-place.js';
import { say } from '../terminal/say.js';

/** Shows how far a batch is. `waiting`: texts under way that nobody can answer right now. */
export interface BatchProgress {
  show(status: BatchStatus, waiting: number): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;
const RATE_OVER_MS = 30_000;

/** A bar on a terminal, a line every few seconds elsewhere; on standard error. */
export function batchProgress(): BatchProgress {
  const rateOf = rateMeter();
  return process.stderr.isTTY ? bar(rateOf) : lines(rateOf);
}

const REDRAW_EVERY_MS = 250;

/** One line that draws itself anew, as the terminal's width is by then. */
function bar(rateOf: RateOf): BatchProgress {
  const { stderr } = process;
  const place = inPlace(stderr);
  let line = '';
  let latest: { status: BatchStatus; waiting: number; rate: number } | undefined;
  const draw = () => {
    if (!latest) return;
    const { status, waiting, rate } = latest;
    const { total = 0, tally } = status;
    const words = wordsFor(status, rate);
    const told =
      `${doneIn(tally)}/${total} · ${words.failed} failed · ${waiting} waiting · ` +
      `${words.rate}/s · ${words.left} left · ${words.cost}`;
    const next = progressLine({ done: doneIn(tally), total }, told, screenOf(stderr));
    if (next !== line) place.draw(next);
    line = next;
  };
  const timer = setInterval(draw, REDRAW_EVERY_MS);
  return {
    show(status, waiting) {
      latest = { status, waiting, rate: rateOf(status) };
      draw();
    },
    stop() {
      clearInterval(timer);
      place.erase();
    },
  };
}

function lines(rateOf: RateOf): BatchProgress {
  let nextAtMs = Date.now();
  return {
    show(status, waiting) {
      const rate = rateOf(status);
      if (Date.now() < nextAtMs) return;
      nextAtMs = Date.now() + LINE_EVERY_MS;
      const words = wordsFor(status, rate);
      say(
        `${doneIn(status.tally)} of ${status.total ?? '?'} done, ${words.failed} failed, ${waiting} waiting, ` +
          `${words.rate}/s, ${words.left} left, ${words.cost}`,
      );
    },
    stop: () => undefined,
  };
}

function wordsFor({ tally, total }: BatchStatus, perSecond: number) {
  const left = total === undefined ? NaN : ((total - doneIn(tally)) / perSecond) * 1_000;
  return {
    failed: tally.failed,
    rate: perSecond.toFixed(1),
    left: duration(left),
    cost: tally.costUsd === null ? 'cost not known' : money(tally.costUsd),
  };
}

/** @returns lines done a second, lately */
type RateOf = (status: BatchStatus) => number;

function rateMeter(): RateOf {
  const seen: { atMs: number; done: number }[] = [];
  return ({ tally }) => {
    const now = { atMs: Date.now(), done: doneIn(tally) };
    seen.push(now);
    while (now.atMs - (seen[0]?.atMs ?? 0) > RATE_OVER_MS) seen.shift();
    const first = seen[0] ?? now;
    return ((now.done - first.done) / Math.max(1, now.atMs - first.atMs)) * 1_000;
  };
}
