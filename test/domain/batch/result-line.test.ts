import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  failedResultBody,
  resultBodyOf,
  resultLineText,
  toResultLine,
  type ResultLine,
} from '../../../src/domain/batch/result-line.js';

const resultBody = fc.oneof(
  fc.record({
    summary: fc.string({ unit: 'binary' }),
    sentiment: fc.record({ label: fc.constantFrom('POSITIVE' as const, 'NEUTRAL' as const), score: fc.constant(0.5) }),
    providers: fc.record({ summarize: fc.string(), sentiment: fc.string() }),
    costUsd: fc.constantFrom(null, 0.5),
  }),
  fc.constant({
    summary: 's',
    sentiment: { label: 'NEUTRAL' as const, score: 0.5 },
    providers: { summarize: 'a', sentiment: 'b' },
    costUsd: 0,
    degraded: true as const,
    suspect: true as const,
  }),
  fc.record({ error: fc.record({ type: fc.string(), message: fc.string() }), costUsd: fc.constantFrom(null, 0.5) }),
);
const id = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).filter((n) => !Object.is(n, -0)),
);

describe('a line of results', () => {
  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), id, resultBody, (line, itsId, itsBody) => {
        const result: ResultLine = { line, id: itsId, ...itsBody };
        expect(toResultLine(resultLineText(result).trimEnd())).toEqual(result);
      }),
    );
  });

  it('says what a person has to look at, as the result does', () => {
    const sentiment = { label: 'NEUTRAL' as const, score: 0.5 };
    const analysis = { workflowId: 'w', runId: 'r', summary: 's', sentiment, attempts: [], costUsd: 0, atMostUsd: 0 };
    expect(resultBodyOf({ ...analysis, degraded: false, suspect: true })).toMatchObject({ suspect: true });
    expect(resultBodyOf({ ...analysis, degraded: false })).not.toHaveProperty('suspect');
  });

  it('keeps the digits of a number that is too long for JavaScript', () => {
    const result: ResultLine = {
      line: 1,
      id: '1790000000000000001',
      idIsNumber: true,
      error: { type: 'X', message: 'm' },
      costUsd: 0,
    };
    const text = resultLineText(result);
    expect(text).toMatch(/^\{"line":1,"id":1790000000000000001,"error":/);
    expect(toResultLine(text)).toEqual(result);
  });

  it.each([
    '',
    'null',
    '[]',
    '{',
    '{"line":0,"id":1,"error":{}}',
    '{"line":1,"id":{},"error":{"type":"X","message":"m"},"costUsd":0}',
    '{"line":1,"id":1,"summary":"s","sentiment":{},"providers":{},"costUsd":0}',
    '['.repeat(100_000),
  ])('is not made of %.60s', (json) => {
    expect(toResultLine(json)).toBeUndefined();
  });

  it('tells an error in one line without what moves a cursor', () => {
    const { message } = (
      failedResultBody({
        type: 'X',
        message: `a\u001b[31m\nb\u202e${'c'.repeat(900)}`,
        attempts: [],
        atMostUsd: 0,
      }) as {
        error: { message: string };
      }
    ).error;
    expect(message).toMatch(/^a\ufffd\[31m bc+…$/);
    expect(message.length).toBeLessThanOrEqual(500);
  });
});
