import { afterEach, beforeEach, expect, it, jest } from '@jest/globals';
import { log, tellPerson } from '../../../src/temporal/telemetry/log.js';

let written: string[];
beforeEach(() => {
  written = [];
  jest.spyOn(process.stderr, 'write').mockImplementation((line) => {
    written.push(String(line));
    return true;
  });
});
afterEach(() => {
  jest.restoreAllMocks();
  delete process.env.LOG_FORMAT;
  delete process.env.LOG_LEVEL;
});

const HOSTILE = 'all is well\n2026-01-01T00:00:00Z ERROR made up\u001b[31m red \u202e rtl \u2028 end';

it.each(['', 'json'])(
  'an event is one line without control characters, whatever somebody said in it (%s)',
  (format) => {
    process.env.LOG_FORMAT = format;
    log('WARN', HOSTILE, { provider: HOSTILE, error: new Error(HOSTILE), task: 'the text', workflowId: 'w' });
    log('WARN', 'it is out', { said: HOSTILE });
    tellPerson(HOSTILE);
    expect(written).toHaveLength(3);
    for (const line of written) {
      expect(line).toMatch(/^[^\p{Cc}\p{Cf}\u2028]*\n$/u);
      expect(line).not.toContain('the text');
    }
  },
);

it('LOG_FORMAT=json gives an object a line, and its values are what was said', () => {
  process.env.LOG_FORMAT = 'JSON';
  log('ERROR', 'a call failed', {
    provider: 'openai',
    kind: 'Auth',
    workflowId: 'w',
    error: new Error(HOSTILE),
    key: 1,
  });
  const [line = ''] = written;
  expect(JSON.parse(line)).toEqual({
    ...{ time: expect.stringMatching(/^\d{4}-.*Z$/), level: 'ERROR', message: 'a call failed' },
    ...{ workflowId: 'w', provider: 'openai', kind: 'Auth', error: HOSTILE },
  });
});

it('LOG_LEVEL is the least that is written, and INFO where it is no level', () => {
  const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
  const toldAt = (least: string | undefined) => {
    written = [];
    if (least === undefined) delete process.env.LOG_LEVEL;
    else process.env.LOG_LEVEL = least;
    for (const level of levels) log(level, level);
    return written.map((line) => line.split(' ')[1]);
  };
  for (const [at, level] of levels.entries()) expect(toldAt(level.toLowerCase())).toEqual(levels.slice(at));
  for (const none of [undefined, '', 'LOUD', 'constructor']) expect(toldAt(none)).toEqual(['INFO', 'WARN', 'ERROR']);
});
