import type { BatchStatus } from '../../domain/batch/batch.js';
import { doneIn } from '../../domain/batch/tally.js';
import { progressLine } from '../terminal/bar.js';
import { duration } from '../terminal/clock.js';
import { money } from '../terminal/money.js';
import { soon } from '../terminal/outage-words.js';
import { screenOf, type Screen } from '../terminal/screen.js';
import { widthOf } from '../terminal/width.js';
import { FREE_COLUMNS, inPlace } from '../terminal/in-place.js';
import { say } from '../terminal/say.js';

/** What of a batch waits. */
export interface Waits {
  /** Texts under way that nobody can answer right now. */
  waiting: number;
  /** When a provider that is out of use is looked at next. Epoch milliseconds. */
  nextLookMs: number | undefined;
}

/** Shows how far a batch is. */
export interface BatchProgress {
  show(status: BatchStatus, waits: Waits): void;
  /** A line that stays; how far it is goes on below. */
  say: (line: string) => void;
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
  let latest: { status: BatchStatus; waits: Waits; rate: number } | undefined;
  const draw = () => {
    if (!latest) return;
    const { status, waits, rate } = latest;
    const screen = screenOf(stderr);
    const { total = 0, tally } = status;
    const words = wordsFor(status, rate);
    const told =
      `${doneIn(tally)}/${total} · ${words.failed} failed · ${waits.waiting} waiting · ` +
      `${words.rate}/s · ${words.left} left · ${words.cost}`;
    const full = [told, ...waitWords(waits, screen)];
    while (full.length > 1 && widthOf(full.join(' · ')) > screen.width - FREE_COLUMNS) full.pop();
    const next = progressLine({ done: doneIn(tally), total }, full.join(' · '), screen);
    if (next !== line) place.draw(next);
    line = next;
  };
  const timer = setInterval(draw, REDRAW_EVERY_MS);
  return {
    show(status, waits) {
      latest = { status, waits, rate: rateOf(status) };
      draw();
    },
    say(words) {
      place.erase();
      line = '';
      say(words);
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
    say,
    show(status, { waiting }) {
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

/** The later, the sooner left out. */
function waitWords({ waiting, nextLookMs }: Waits, screen: Screen): string[] {
  if (waiting === 0) return [];
  return [...(nextLookMs === undefined ? [] : [`next look ${soon(nextLookMs, screen)}`]), 'Ctrl-C leaves it running'];
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
