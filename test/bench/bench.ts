import { availableParallelism } from 'node:os';
import { failover, latency, throughput, warmUp, type Row } from './measures.js';
import { runsOn } from './runs.js';
import { openStage } from './stage.js';

const ROUNDS = 7;

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130)); // with its children
const stage = await openStage();
try {
  const runs = runsOn(stage);
  console.error('warming up …');
  await warmUp(runs);
  const rows: Row[] = [];
  console.error('latency …');
  rows.push(...(await latency(runs, ROUNDS)));
  console.error('runs per second …');
  rows.push(...(await throughput(runs, ROUNDS)));
  console.error('failover …');
  rows.push(...(await failover(stage, runs, ROUNDS)));
  print(rows);
} finally {
  await stage.close();
}

function print(rows: readonly Row[]): void {
  const header = { measure: 'measure', ours: 'ours', bare: 'bare', ratio: 'ratio (min–max)', target: 'target' };
  const columns = Object.keys(header) as (keyof Row)[];
  const widths = columns.map((column) => Math.max(...[header, ...rows].map((row) => row[column].length)));
  for (const row of [header, ...rows]) {
    console.log(
      columns
        .map((column, index) => row[column].padEnd(widths[index] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
  console.log(`
Node ${process.version}, ${availableParallelism()} cores. One embedded server on a file, one worker process each, fake vendors that answer
at once over HTTP. "bare" is a workflow of two activities that return at once; "with HTTP", they make the same two calls by
plain fetch. Ours and theirs in turn; a ratio is the median of ${ROUNDS} rounds. A failover's time is what a primary that fails
adds to a run (a 500 also opens an outage beside it, a 422 does not); a hop's, what a second activity adds to a workflow of
one.`);
}
