import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { POLICY, type FailureKind } from '../../../src/domain/failure.js';
import { outageStateIn } from '../../../src/domain/outage/outage-memo.js';
import { outageReportIn, type OutageReport } from '../../../src/domain/outage/outage-report.js';
import type { OutageState } from '../../../src/domain/outage/outage.js';

const KINDS = Object.keys(POLICY) as FailureKind[];
const atMs = fc.nat();
const reason = {
  cause: fc.constantFrom(...KINDS, 'Operator' as const),
  message: fc.string({ maxLength: 1_000 }),
  sinceMs: atMs,
};
const name = fc.string({ minLength: 1, maxLength: 300 });

const states: fc.Arbitrary<OutageState> = fc.oneof(
  fc.record({
    ...reason,
    phase: fc.constant('suspected' as const),
    inUse: fc.boolean(),
    probeAtMs: atMs,
    failedProbes: fc.nat(9),
  }),
  fc.record({ ...reason, phase: fc.constant('doubted' as const), workers: fc.array(name), forgottenAtMs: atMs }),
  fc.record({ ...reason, phase: fc.constant('over' as const), watchedUntilMs: atMs, provenBy: name }),
  fc.record({ ...reason, phase: fc.constant('closed' as const), probeAtMs: atMs, failedProbes: fc.nat(9) }),
  fc.record({ ...reason, phase: fc.constant('limited' as const), untilMs: atMs, restMs: atMs }),
  fc.record({ ...reason, phase: fc.constant('limited' as const), untilMs: atMs }),
  fc.record({ ...reason, phase: fc.constant('held' as const) }),
  fc.record({ ...reason, phase: fc.constant('over' as const), watchedUntilMs: atMs }),
);

const reports: fc.Arbitrary<OutageReport> = fc.record(
  {
    provider: name,
    model: name,
    task: fc.constantFrom('summarize' as const, 'sentiment' as const),
    failure: fc.record(
      {
        kind: fc.constantFrom(...KINDS),
        message: fc.string({ maxLength: 1_000 }),
        retryAfterMs: fc.nat(86_400_000),
      },
      { requiredKeys: ['kind', 'message'] },
    ),
    timeoutMs: fc.integer({ min: 1, max: 86_400_000 }),
    probeMs: fc.integer({ min: 1, max: 86_400_000 }),
    isCertain: fc.boolean(),
    worker: name,
    isLastToServe: fc.boolean(),
    requestsPerSecond: fc.integer({ min: 1, max: 1_000 }),
  },
  {
    requiredKeys: [
      'provider',
      'model',
      'task',
      'failure',
      'timeoutMs',
      'probeMs',
      'isCertain',
      'worker',
      'isLastToServe',
    ],
  },
);

const overTheWire = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const garbage = fc.anything({ withBigInt: true, withNullPrototype: true, maxDepth: 4 });

describe('the memo of an outage', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(states, (outage) => {
        expect(outageStateIn({ outage: overTheWire(outage) })).toEqual(outage);
      }),
    );
  });

  it('is nothing where it is not ours', () => {
    for (const memo of [undefined, {}, { outage: null }, { outage: 'closed' }, { outage: [] }, { outage: {} }]) {
      expect(outageStateIn(memo)).toBeUndefined();
    }
    fc.assert(
      fc.property(garbage, (outage) => {
        expect(outageStateIn({ outage })).toBeUndefined();
      }),
    );
  });

  it.each<[string, object]>([
    ['an unknown phase', { phase: 'half-open' }],
    ['a cause that is none', { cause: 'toString' }],
    ['no time', { sinceMs: 'yesterday' }],
    ['a message that is no text', { message: 7 }],
  ])('is nothing with %s', (_, wrong) => {
    const state = { phase: 'held', cause: 'Operator', message: 'm', sinceMs: 1 };
    expect(outageStateIn({ outage: state })).toEqual(state);
    expect(outageStateIn({ outage: { ...state, ...wrong } })).toBeUndefined();
  });

  it('never throws, whatever a field holds', () => {
    fc.assert(
      fc.property(states, fc.dictionary(fc.string(), garbage), (outage, wrong) => {
        const read = outageStateIn({ outage: { ...outage, ...wrong } });
        expect([undefined, 'suspected', 'doubted', 'closed', 'limited', 'held', 'over']).toContain(read?.phase);
      }),
    );
  });
});

describe('the report of a failed provider', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(reports, (report) => {
        expect(outageReportIn(overTheWire(report))).toEqual(report);
      }),
    );
  });

  it('is nothing where it is not ours', () => {
    fc.assert(
      fc.property(garbage, (value) => {
        expect(outageReportIn(value)).toBeUndefined();
      }),
    );
  });

  it('is nothing without one of what it needs', () => {
    const needed = ['provider', 'model', 'task', 'failure', 'timeoutMs', 'probeMs', 'worker'] as const;
    fc.assert(
      fc.property(reports, fc.constantFrom(...needed), garbage, (report, field, wrong) => {
        const read = outageReportIn({ ...report, [field]: wrong });
        if (read !== undefined) expect(read[field]).toEqual(wrong); // by chance it fits
        const { [field]: _, ...rest } = report;
        expect(outageReportIn(rest)).toBeUndefined();
      }),
    );
  });

  it('is cut where a vendor said too much, and nothing where a name is too long', () => {
    const [report] = fc.sample(reports, 1) as [OutageReport];
    const failure = { kind: 'Unavailable', message: 'x'.repeat(100_000) };
    expect(outageReportIn({ ...report, failure })?.failure.message).toHaveLength(1_000);
    expect(outageReportIn({ ...report, model: 'x'.repeat(301) })).toBeUndefined();
  });
});
