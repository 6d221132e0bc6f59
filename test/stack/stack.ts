// `npm run test:stack`: PostgreSQL, the production server and workers as the compose file has them, killed at random.
// STACK_MINUTES: how long a round kills (1). STACK_SEED: what it kills when (told, else by the clock).
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { playRound, type Round } from './round.js';

const minutes = Number(process.env.STACK_MINUTES ?? 1);
const seed = Number(process.env.STACK_SEED ?? Math.floor(Date.now() / 1_000) % 1_000_000);
assert.ok(minutes > 0 && Number.isInteger(seed), 'STACK_MINUTES: more than 0; STACK_SEED: a whole number');

async function played(round: Round): Promise<void> {
  console.error(
    `seed ${round.seed}, ${round.minutes} minutes of kills, ${round.sealed ? 'mTLS and encryption' : 'plain'}`,
  );
  const { wrong: _, ...sums } = await playRound(round);
  console.error(`seed ${round.seed}: ${JSON.stringify(sums)}`);
}

void it(`the stack loses nothing and pays nothing twice unflagged (seed ${seed})`, () =>
  played({ seed, minutes, sealed: false }));

void it(`nor does it behind mutual TLS, and then nothing can be read in its database (seed ${seed + 1})`, () =>
  played({ seed: seed + 1, minutes: Math.min(minutes, 1) / 2, sealed: true }));
