import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/config-schema.js';
import { withoutSecrets } from '../../src/commands/config/without-secrets.js';
import { nearest } from '../../src/config/did-you-mean.js';
import { STARTER } from '../../src/commands/config/starter.js';

function mistakesIn(yaml: string): string[] {
  try {
    parseConfig(yaml, 'u.yaml');
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
}

describe('the mistakes of a configuration', () => {
  it('are told all at once, each with file, key, what was expected, and what was probably meant', () => {
    const yaml = `
maxSumaryWords: 60
providers:
  openai: { kind: opnai }
  groq: { kind: openai-compatible, baseUrl: "http://x", model: m, timeoutMS: 5, retry: { maximumAttemps: 2 } }
routes: { summarise: [groq], sentiment: [grok, groq] }`;
    const mistakes = mistakesIn(yaml);
    expect(mistakes).toEqual(
      expect.arrayContaining([
        'u.yaml: maxSumaryWords: unknown key; did you mean maxSummaryWords?',
        expect.stringMatching(/^u\.yaml: providers\.openai\.kind: expected openai, .*; did you mean openai\?$/),
        'u.yaml: providers.groq.timeoutMS: unknown key; did you mean timeoutMs?',
        'u.yaml: providers.groq.retry.maximumAttemps: unknown key; did you mean maximumAttempts?',
        expect.stringMatching(/^u\.yaml: routes\.summarise: expected one of the tasks .*; did you mean summarize\?$/),
        expect.stringMatching(/^u\.yaml: routes\.sentiment\[0\]: expected one of .*got "grok"; did you mean groq\?$/),
      ]),
    );
    expect(mistakes).toHaveLength(6);
  });

  it('are told once each, and not by the thousand', () => {
    const yaml = `{ ${Array.from({ length: 5_000 }, (_, at) => `key${at}: 1`).join(', ')} }`;
    expect(mistakesIn(yaml).at(-1)).toBe('u.yaml: and 4980 more');
    expect(mistakesIn('routes: { sentiment: [nobody] }')).toHaveLength(1);
  });

  it('of names that nothing resembles suggest nothing', () => {
    expect(mistakesIn('zebra: 1')).toEqual(['u.yaml: zebra: unknown key']);
  });
});

it.each([
  ['timeout', ['timeoutMs', 'retry'], 'timeoutMs'],
  ['pirce', ['price', 'retry'], 'price'],
  ['x'.repeat(100_000), ['price'], undefined],
  ['', ['price'], undefined],
])('the nearest word is found, or none (%#)', (word, known, found) => {
  expect(nearest(word, known)).toBe(found);
});

it('the configuration to start from is the built-in one', () => {
  expect(parseConfig(STARTER, 'u.yaml')).toEqual(parseConfig('', 'u.yaml'));
});

it('a configuration is shown without what may be a secret', () => {
  const shown = withoutSecrets({
    providers: {
      mine: {
        baseUrl: 'https://user:pa55@vendor.example/v1?key=s3cret',
        apiKeyEnv: 'MINE_KEY',
        headers: { authorization: 'Bearer s3cret', 'x-team': { env: 'TEAM_ID' } },
      },
    },
    notices: [{ webhook: 'https://hooks.example/services/s3cret', secretEnv: 'NOTICE_SECRET' }],
  });
  expect(shown).toEqual({
    providers: {
      mine: {
        baseUrl: 'https://…@vendor.example/v1?…',
        apiKeyEnv: 'MINE_KEY',
        headers: { authorization: '…', 'x-team': { env: 'TEAM_ID' } },
      },
    },
    notices: [{ webhook: 'https://hooks.example/…', secretEnv: 'NOTICE_SECRET' }],
  });
});
