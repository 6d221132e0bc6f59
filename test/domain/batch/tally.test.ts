import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { ResultLine } from '../../../src/domain/batch/result-line.js';
import { count, countAll, doneIn, emptyTally, type Tally } from '../../../src/domain/batch/tally.js';

const line = fc.oneof(
  fc.record({
    line: fc.nat(),
    id: fc.nat(),
    costUsd: fc.constantFrom(null, 0, 0.25),
    error: fc.record({ type: fc.constantFrom('BadLine', 'Refused', '__proto__'), message: fc.constant('m') }),
  }),
  fc.record({
    line: fc.nat(),
    id: fc.nat(),
    costUsd: fc.constantFrom(null, 0, 0.25),
    summary: fc.constant('s'),
    sentiment: fc.record({ label: fc.constantFrom('POSITIVE' as const, 'NEGATIVE' as const), score: fc.constant(1) }),
    providers: fc.record({ summarize: fc.constantFrom('a', 'b'), sentiment: fc.constantFrom('a', 'constructor') }),
  }),
);

function tallyOf(lines: readonly ResultLine[]): Tally {
  const tally = emptyTally();
  for (const each of lines) count(tally, each);
  return tally;
}

it('counts the same whatever the order, in one go or in two', () => {
  fc.assert(
    fc.property(fc.array(line), fc.nat(), (lines, cut) => {
      const whole = tallyOf(lines);
      const at = lines.length === 0 ? 0 : cut % lines.length;
      const parts = tallyOf(lines.slice(0, at));
      countAll(parts, tallyOf(lines.slice(at)));
      expect(parts).toEqual(whole);
      expect(tallyOf(lines.toReversed())).toEqual(whole);
      expect(doneIn(whole)).toBe(lines.length);
    }),
  );
});
