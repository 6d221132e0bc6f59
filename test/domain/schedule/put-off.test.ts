import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { othersFirst, putOffAfter } from '../../../src/domain/schedule/put-off.js';
import { MAX_PUT_OFF_KEYS } from '../../../src/domain/schedule/reading.js';

/** A run gives up after so many in a row. */
const IN_A_ROW = 8;

describe('items that were tried in vain', () => {
  it('come after the others, in their own order', () => {
    const items = ['a', 'b', 'c', 'd'].map((key) => ({ key }));
    expect(othersFirst(items, ['a', 'c', 'gone']).map(({ key }) => key)).toEqual(['b', 'd', 'a', 'c']);
  });

  it('are remembered until they come to a result, the latest ones where there are many', () => {
    expect(putOffAfter(['a', 'b', 'c'], ['b'], ['a', 'd'])).toEqual({ putOffKeys: ['c', 'a', 'd'] });
    expect(putOffAfter(['a'], ['a'], [])).toEqual({});
    const many = Array.from({ length: MAX_PUT_OFF_KEYS + 5 }, (_, index) => String(index));
    expect(putOffAfter([], [], many)).toEqual({ putOffKeys: many.slice(5) });
  });

  it('keep no other item back for ever', () => {
    const some = fc.array(fc.boolean(), { maxLength: 60 });
    fc.assert(
      fc.property(some, (isStuck) => {
        let left = isStuck.map((stuck, index) => ({ key: String(index), stuck }));
        let putOffKeys: string[] = [];
        for (let run = 0; run <= isStuck.length / IN_A_ROW; run += 1) {
          const [taken, inVain]: [string[], string[]] = [[], []];
          let inARow = 0;
          for (const { key, stuck } of othersFirst(left, putOffKeys)) {
            if (inARow >= IN_A_ROW) break;
            (stuck ? inVain : taken).push(key);
            inARow = stuck ? inARow + 1 : 0;
          }
          left = left.filter(({ key }) => !taken.includes(key));
          ({ putOffKeys = [] } = putOffAfter(putOffKeys, taken, inVain));
        }
        expect(left.filter(({ stuck }) => !stuck)).toEqual([]);
      }),
    );
  });
});
