import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { failover } from './failover.js';
import { asking, encryption, latency, telling, throughput } from './latency.js';
import { latencyBesideWaiting, recovery, wastedCalls } from './outages.js';
import { runsOn, warmUp, type Runs } from './runs.js';
import { openStage, type Stage } from './stage.js';
import { printHeader } from './table.js';

const SECTIONS: Record<string, (runs: Runs, stage: Stage) => Promise<void>> = {
  latency,
  asking,
  throughput,
  encryption,
  telling,
  failover,
  wasted: (_, stage) => wastedCalls(stage),
  recovery: (_, stage) => recovery(stage),
  waiting: latencyBesideWaiting,
};

const { values, positionals } = parseArgs({ options: { 'cpu-prof': { type: 'string' } }, allowPositionals: true });
const names = positionals.length > 0 ? positionals : Object.keys(SECTIONS);
const unknown = names.find((name) => !Object.hasOwn(SECTIONS, name));
if (unknown !== undefined) {
  console.error(`no section ${unknown}; there are ${Object.keys(SECTIONS).join(', ')}`);
  process.exit(2);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130)); // with its children
const stage = await openStage(values['cpu-prof']);
try {
  const runs = runsOn(stage);
  console.error('warming up …');
  await warmUp(runs);
  printHeader();
  for (const name of names) await SECTIONS[name]?.(runs, stage);
} finally {
  await stage.close();
}

console.log(`
Node ${process.version}, ${availableParallelism()} cores. One embedded server on a file, one worker process each, fake vendors that answer
at once over HTTP. "bare" is a workflow of two activities that return at once; "with HTTP", they make the same two calls by
plain fetch; "alike", with a local activity before them and search attributes at the end too. Ours and theirs in turn; a ratio is the median of some rounds. A failover's time is what a primary that fails
adds to a run; a hop's, what a second activity adds to a workflow of one. \`npm run bench -- latency failover\` measures these
alone; \`npm run bench:batch\` is about many texts.`);
