import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { identitiesOf } from '../../../src/domain/schedule/identity.js';
import { forgettable } from '../../../src/domain/schedule/seen.js';

describe('the identity of an entry', () => {
  it.each([
    ['is its guid', [{ guid: 'post-17', link: 'https://x.org/17' }], ['post-17']],
    ['is its link where it has no guid', [{ link: 'https://x.org/17' }], ['https://x.org/17']],
    ['is no word', [{ guid: 'N/A' }, { guid: 'none', link: 'https://x.org/1' }], [undefined, 'https://x.org/1']],
    ['is none that two share', [{ guid: 'post-17' }, { guid: 'post-17' }], [undefined, undefined]],
    [
      'is not the address of the site',
      [{ link: 'https://x.org/' }, { link: 'https://x.org/news' }],
      [undefined, undefined],
    ],
  ])('%s', (_, entries, expected) => {
    expect(identitiesOf(entries, 'https://x.org/news')).toEqual(expected);
  });

  it('is never that of another entry, in any order', () => {
    const name = fc.option(fc.constantFrom('N/A', 'post-1', 'post-2', 'https://x.org/1', 'https://x.org/'), {
      nil: undefined,
    });
    fc.assert(
      fc.property(fc.array(fc.record({ guid: name, link: name })), (raw) => {
        const entries = raw.map(({ guid, link }) => ({
          ...(guid !== undefined && { guid }),
          ...(link !== undefined && { link }),
        }));
        const identities = identitiesOf(entries, undefined);
        const guids = identities.filter((each, index) => each !== undefined && each === entries[index]?.guid);
        expect(new Set(guids).size).toBe(guids.length);
        expect(identitiesOf(entries.toReversed(), undefined)).toEqual(identities.toReversed());
      }),
    );
  });
});

it('remembers all that a source still has, and the newest of what is gone', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(9_999).map(String), { maxLength: 200 }), fc.nat(200), (seen, kept) => {
      const present = new Set(seen.slice(0, kept));
      expect(forgettable(seen, present)).toEqual([]);
    }),
  );
  const many = Array.from({ length: 10_000 }, (_, index) => String(index));
  const expected = many.slice(0, 6_000).filter((key) => key !== '3');
  expect(forgettable(many, new Set(['3']))).toEqual(expected.slice(0, 5_999));
});
