import { describe, expect, it } from '@jest/globals';
import { outputCheck } from '../../../src/providers/tasks/output-schema.js';

const ORDER = () => ({
  type: 'object',
  properties: { sku: { type: 'string' }, quantity: { type: 'integer', minimum: 1 } },
  required: ['sku', 'quantity'],
});

describe('the check of a schema', () => {
  it('says where an answer does not fit, and what was wanted there', () => {
    const check = outputCheck(ORDER());
    expect(check({ sku: 'kettle', quantity: 2 })).toBeUndefined();
    expect(check({ sku: 'kettle', quantity: 0 })).toBe('/quantity must be >= 1');
    expect(check('kettle')).toBe('the answer must be object');
  });

  it('is compiled once for all providers of a task', () => {
    const schema = ORDER();
    expect(outputCheck(schema)).toBe(outputCheck(schema));
    expect(outputCheck(ORDER())).not.toBe(outputCheck(schema));
  });

  it('is refused with what could block a worker, each time that it is asked for', () => {
    const hostile = { type: 'string', pattern: '^(a+)+$' };
    for (let time = 0; time < 2; time += 1) expect(() => outputCheck(hostile)).toThrow('/pattern is not taken');
  });
});
