import { describe, expect, it } from '@jest/globals';
import type { Attempt } from '../../../src/domain/attempt.js';
import type { FailureKind } from '../../../src/domain/failure.js';
import { mayPass } from '../../../src/domain/schedule/may-pass.js';
import { nothingRemembered, remembering, takenUpAgain, type Troubled } from '../../../src/domain/schedule/memory.js';
import { MAX_SEEN, unpacked } from '../../../src/domain/schedule/seen.js';

const key = (n: number) => String(n).padStart(16, '0');
const trouble = (n: number, what: Troubled['what']): Troubled => ({
  ...{ key: key(n), name: `Item ${n}`, what },
  error: { type: 'Refused', message: 'no' },
});

describe('the memory of a schedule', () => {
  it('is the same however often it is told the same', () => {
    const news = { seen: [key(1), key(2)], troubled: [trouble(2, 'failed')] };
    const once = remembering(nothingRemembered, news);
    expect(remembering(once, news)).toEqual(once);
    expect([...unpacked(once.seen)]).toEqual([key(1), key(2)]);
  });

  it('takes up again what failed under another number, and what was refused under the same', () => {
    const before = remembering(nothingRemembered, {
      seen: [key(1), key(2), key(3)],
      troubled: [trouble(1, 'failed'), trouble(2, 'refused')],
    });
    const again = takenUpAgain(before);
    expect([...unpacked(again.seen)]).toEqual([key(3)]);
    expect(again).toMatchObject({ troubled: [], takes: [[key(1), 2]] });
    const failed = remembering(again, { seen: [key(1)], troubled: [trouble(1, 'failed')] });
    expect(takenUpAgain(failed).takes).toEqual([[key(1), 3]]);
    expect(remembering(again, { seen: [key(1)] }).takes).toEqual([]);
  });

  it('forgets the oldest when there is no more room, and who has the files when it is told so', () => {
    const many = Array.from({ length: MAX_SEEN }, (_, n) => key(n));
    const full = remembering(nothingRemembered, { seen: many, files: { of: 'a', queue: 'q', host: 'h' } });
    const after = remembering(full, { seen: [key(MAX_SEEN)], forget: [key(5)] });
    expect(unpacked(after.seen).has(key(5))).toBe(false);
    expect(unpacked(remembering(after, { seen: [key(MAX_SEEN + 1)] }).seen).has(key(0))).toBe(false);
    expect(after.files).toMatchObject({ host: 'h' });
    expect(remembering(after, { files: null }).files).toBeUndefined();
  });
});

describe('an item without a result', () => {
  const tried = (...failures: (FailureKind | 'skipped')[]): Attempt[] =>
    failures.map((failure, index) => ({
      ...{ task: 'summarize', provider: `p${index}`, model: 'm', startedAt: '', latencyMs: 0 },
      ...(failure === 'skipped'
        ? { outcome: 'skipped' as const, failure: 'Auth' as const }
        : { outcome: 'failed' as const, failure }),
    }));

  it.each<[string, FailureKind | 'DeadlineExceeded' | 'NoProviderLeft', (FailureKind | 'skipped')[], boolean]>([
    ['is left for later when time ran out', 'DeadlineExceeded', ['Unavailable'], true],
    ['is left for later when keys and credit are to be mended', 'NoProviderLeft', ['Auth', 'QuotaExhausted'], true],
    ['has failed when one provider cannot answer this text', 'NoProviderLeft', ['Auth', 'BadOutput'], false],
    ['has failed when nobody was asked', 'NoProviderLeft', ['skipped'], false],
    ['has failed when it was refused', 'Refused', ['Refused'], false],
  ])('%s', (_, type, failures, passes) => {
    expect(mayPass({ type, attempts: tried(...failures) })).toBe(passes);
  });
});
