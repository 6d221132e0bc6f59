import { describe, expect, it } from '@jest/globals';
import { Evidence, type Suspicion } from '../../../src/domain/outage/evidence.js';
import { seeded } from '../../support/seeded.js';

const NOW = 1_000_000;
const ALONE = false;
const AMONG_OTHERS = true;

/** An evidence after calls that were answered. */
function after({ answers, everyMs }: { answers: number; everyMs: number }): { evidence: Evidence; nowMs: number } {
  const evidence = new Evidence();
  for (let call = 0; call < answers; call += 1) evidence.answered('summarize', 500, NOW + call * everyMs);
  return { evidence, nowMs: NOW + answers * everyMs };
}

function failures(evidence: Evidence, nowMs: number, everyMs: number, times: number, others: boolean): Suspicion[] {
  return Array.from({ length: times }, (_, call) => evidence.failed(nowMs + call * everyMs, others));
}

describe('on a quiet line', () => {
  it('a failure is suspicion enough', () => {
    expect(new Evidence().failed(NOW, ALONE)).toBe('suspicious');
  });

  it('it takes two in a row where single ones proved to be nothing', () => {
    const { evidence, nowMs } = after({ answers: 3, everyMs: 10_000 });
    expect(evidence.failed(nowMs, ALONE)).toBe('suspicious');
    evidence.answered('summarize', 500, nowMs + 10_000);
    expect(failures(evidence, nowMs + 20_000, 10_000, 2, ALONE)).toEqual(['none', 'suspicious']);
  });

  it('a single one is enough again half an hour later', () => {
    const evidence = new Evidence();
    evidence.failed(NOW, ALONE);
    evidence.answered('summarize', 500, NOW + 1_000);
    expect(evidence.failed(NOW + 1_799_000, ALONE)).toBe('none');
    evidence.answered('summarize', 500, NOW + 1_799_500);
    expect(evidence.failed(NOW + 4_000_000, ALONE)).toBe('suspicious');
  });
});

describe('on a busy line', () => {
  it('it takes five in a row, and then it is no chance', () => {
    const { evidence, nowMs } = after({ answers: 100, everyMs: 200 });
    expect(failures(evidence, nowMs, 200, 5, ALONE)).toEqual(['none', 'none', 'none', 'none', 'certain']);
  });

  it('two are enough among other workers, who see some too', () => {
    const { evidence, nowMs } = after({ answers: 100, everyMs: 200 });
    expect(failures(evidence, nowMs, 200, 2, AMONG_OTHERS)).toEqual(['none', 'certain']);
  });

  it('three are, where single ones proved to be nothing', () => {
    const { evidence, nowMs } = after({ answers: 100, everyMs: 200 });
    evidence.failed(nowMs, AMONG_OTHERS);
    evidence.answered('summarize', 500, nowMs + 200);
    expect(failures(evidence, nowMs + 400, 200, 3, AMONG_OTHERS)).toEqual(['none', 'none', 'certain']);
  });

  it('two calls that are late among other workers are chance', () => {
    const { evidence, nowMs } = after({ answers: 100, everyMs: 200 });
    evidence.late();
    evidence.late();
    expect(evidence.suspicion(nowMs, AMONG_OTHERS)).toBe('none');
    evidence.late();
    expect(evidence.suspicion(nowMs, AMONG_OTHERS)).toBe('certain');
  });

  it('half of the last twenty are enough, also where some are answered', () => {
    const { evidence, nowMs } = after({ answers: 40, everyMs: 200 });
    let suspicion: Suspicion = 'none';
    let failed = 0;
    for (let call = 0; suspicion === 'none'; call += 1) {
      const atMs = nowMs + call * 200;
      if (call % 3 === 2) evidence.answered('summarize', 500, atMs);
      else suspicion = evidence.failed(atMs, ALONE);
      if (call % 3 !== 2) failed += 1;
    }
    expect({ suspicion, failed }).toEqual({ suspicion: 'certain', failed: 10 });
  });

  it('an answer with a no counts as an answer', () => {
    const { evidence, nowMs } = after({ answers: 100, everyMs: 200 });
    failures(evidence, nowMs, 200, 4, ALONE);
    evidence.isAlive(nowMs + 900);
    expect(failures(evidence, nowMs + 1_000, 200, 4, ALONE)).not.toContain('certain');
  });

  it('calls that take far longer than answers do count before they have failed', () => {
    const { evidence, nowMs } = after({ answers: 100, everyMs: 200 });
    const ends = Array.from({ length: 5 }, () => evidence.late());
    expect(evidence.suspicion(nowMs, ALONE)).toBe('certain');
    for (const end of ends) end();
    expect(evidence.suspicion(nowMs, ALONE)).toBe('none');
  });

  it('what is late and what failed count together', () => {
    const { evidence, nowMs } = after({ answers: 100, everyMs: 200 });
    for (let call = 0; call < 3; call += 1) evidence.late();
    expect(failures(evidence, nowMs, 10, 2, ALONE)).toEqual(['none', 'certain']);
  });
});

describe('the time of a probe', () => {
  it('is three times what answers to the task needed, at least a second and at most that of any call', () => {
    const evidence = new Evidence();
    expect(evidence.probeMs('summarize', 20_000)).toBe(20_000);
    for (let call = 0; call < 20; call += 1) evidence.answered('summarize', call === 7 ? 15_000 : 700, NOW);
    for (let call = 0; call < 20; call += 1) evidence.answered('sentiment', 20, NOW);
    expect(evidence.probeMs('summarize', 20_000)).toBe(2_100);
    expect(evidence.probeMs('summarize', 2_000)).toBe(2_000);
    expect(evidence.probeMs('sentiment', 20_000)).toBe(1_000);
  });

  it('follows what the last twenty answers needed', () => {
    const { evidence } = after({ answers: 50, everyMs: 200 });
    for (let call = 0; call < 20; call += 1) evidence.answered('summarize', 4_000, NOW);
    expect(evidence.probeMs('summarize', 60_000)).toBe(12_000);
  });
});

const CALLS = 10_000;
const EVERY_MS = [20, 200, 900, 2_000, 5_000, 15_000];
const ERRORS = [0.01, 0.03, 0.05];
const cases = ERRORS.flatMap((share) => EVERY_MS.map((everyMs) => ({ share, everyMs })));

describe.each([1, 20_261_101])('errors at random (seed %s)', (seed) => {
  it.each(cases)(
    'of $share, a call every $everyMs ms, raise a suspicion in under 1 % of calls',
    ({ share, everyMs }) => {
      const random = seeded(seed);
      const evidence = new Evidence();
      let suspicions = 0;
      for (let call = 0; call < CALLS; call += 1) {
        const atMs = NOW + call * everyMs;
        if (random() >= share) evidence.answered('summarize', 500, atMs);
        else if (evidence.failed(atMs, ALONE) !== 'none') suspicions += 1;
      }
      expect(suspicions / CALLS).toBeLessThan(0.01);
    },
  );

  it.each(cases)('of $share, a call every $everyMs ms, do not hide an outage for 5 calls', ({ share, everyMs }) => {
    const random = seeded(seed);
    for (let outage = 0; outage < 100; outage += 1) {
      const evidence = new Evidence();
      const calls = 20 + Math.floor(random() * 200);
      for (let call = 0; call < calls; call += 1) {
        if (random() < share) evidence.failed(NOW + call * everyMs, ALONE);
        else evidence.answered('summarize', 500, NOW + call * everyMs);
      }
      expect(failures(evidence, NOW + calls * everyMs, everyMs, 5, ALONE).some((each) => each !== 'none')).toBe(true);
    }
  });
});
