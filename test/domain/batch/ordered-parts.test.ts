import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { OutputPart } from '../../../src/domain/batch/batch-page.js';
import { OrderedParts } from '../../../src/domain/batch/ordered-parts.js';

const step = fc.constantFrom('put', 'put', 'put', 'take', 'continue as new');

it('gives each part once and in order, however they come and whenever the run is cut', () => {
  const orders = fc.array(fc.string({ minLength: 1, maxLength: 5 }), { maxLength: 60 }).chain((texts) => {
    const parts = texts.map((text, ordinal) => ({
      ordinal,
      part: ordinal % 5 === 4 ? ([ordinal, ordinal + 9] as [number, number]) : text,
    }));
    return fc.tuple(
      fc.constant(parts),
      fc.shuffledSubarray(parts, { minLength: parts.length }),
      fc.infiniteStream(step),
    );
  });
  fc.assert(
    fc.property(orders, ([parts, arriving, steps]) => {
      let ordered = new OrderedParts({ next: 0, early: [] });
      const taken: OutputPart[] = [];
      const waiting = [...arriving];
      while (waiting.length > 0) {
        const what = String(steps.next().value);
        if (what === 'take') taken.push(...ordered.takeReady());
        else if (what === 'continue as new') ordered = new OrderedParts(ordered.state());
        else {
          const { ordinal, part } = waiting.shift() ?? { ordinal: -1, part: '' };
          ordered.put(ordinal, part);
        }
      }
      while (ordered.isReady()) taken.push(...ordered.takeReady());
      expect(taken).toEqual(parts.map(({ part }) => part));
      expect(ordered.state().early).toEqual([]);
    }),
  );
});

it('has no room any more before it holds too much', () => {
  const ordered = new OrderedParts({ next: 0, early: [] });
  let put = 0;
  while (ordered.hasRoom() && put < 100_000) ordered.put((put += 1), 'x'.repeat(1_000));
  expect(put).toBeLessThan(1_000);
  expect(ordered.isReady()).toBe(false);
});
