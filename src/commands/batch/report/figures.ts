import type { ResultLine } from '../../../domain/batch/result-line.js';
import { count, emptyTally, type Tally } from '../../../domain/batch/tally.js';

/** What a report says of a batch: every figure is a count over the lines of its output. */
export interface Figures {
  tally: Tally;
  /** Lines whose text was paid for by another. */
  same: number;
  /** Lines that the local provider helped with. */
  degraded: number;
  /** Answers to the first task by somebody else than the provider that gave the most: those that failover saved. */
  switched: number;
  /** Answers to the first task by provider, for each stretch of the input. */
  stretches: { from: number; providers: Record<string, number>; failed: number }[];
  /** The first of those that failed. */
  failed: { line: number; id: string; type: string; message: string }[];
}

const STRETCHES = 40;
const MOST_FAILED = 200;

/** @param lines all of an output, in order @param total how many they are */
export async function figuresOf(lines: AsyncIterable<ResultLine>, total: number): Promise<Figures> {
  const tally = emptyTally();
  const figures: Figures = { tally, same: 0, degraded: 0, switched: 0, stretches: [], failed: [] };
  const length = Math.max(1, Math.ceil(total / STRETCHES));
  let read = 0;
  for await (const line of lines) {
    count(tally, line);
    if (read++ % length === 0) figures.stretches.push({ from: line.line, providers: {}, failed: 0 });
    const stretch = figures.stretches.at(-1);
    if (line.sameAs !== undefined) figures.same += 1;
    if ('error' in line) {
      if (stretch) stretch.failed += 1;
      const { type, message } = line.error;
      if (figures.failed.length < MOST_FAILED)
        figures.failed.push({ line: line.line, id: String(line.id), type, message });
      continue;
    }
    if (line.degraded) figures.degraded += 1;
    const [first] = Object.values<string>(line.providers);
    if (stretch && first !== undefined) stretch.providers[first] = (stretch.providers[first] ?? 0) + 1;
  }
  const [first = {}] = Object.values(tally.providers);
  figures.switched = tally.succeeded - Math.max(0, ...Object.values(first));
  return figures;
}
