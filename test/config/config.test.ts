import { describe, expect, it } from '@jest/globals';
import { parseConfig } from '../../src/config/config-schema.js';

describe('the configuration', () => {
  it('has a built-in default: openai summarizes, huggingface judges, each takes over for the other', () => {
    const { routes, providers, maxSummaryWords } = parseConfig('', 'understudy.yaml');
    expect(routes).toEqual({
      summarize: { providers: ['openai', 'huggingface'], onRefusal: 'stop' },
      sentiment: { providers: ['huggingface', 'openai'], onRefusal: 'stop' },
    });
    expect(Object.keys(providers).sort()).toEqual(['huggingface', 'local', 'openai']);
    expect(maxSummaryWords).toBe(60);
  });

  it('fills in what a provider leaves out', () => {
    const { providers } = parseConfig(
      'providers:\n  openai: { kind: openai }\n  huggingface: { kind: huggingface }',
      'f',
    );
    expect(providers.openai).toMatchObject({
      baseUrl: 'https://api.openai.com/v1',
      apiKeyEnv: 'OPENAI_API_KEY',
      timeoutMs: 20_000,
      retry: { maximumAttempts: 1 },
    });
    expect(providers.openai).not.toHaveProperty('price');
  });

  it('takes any OpenAI-compatible vendor', () => {
    const yaml = `
providers:
  groq: { kind: openai-compatible, baseUrl: "https://api.groq.com/openai/v1/", apiKeyEnv: GROQ_API_KEY, model: llama }
routes: { summarize: [groq], sentiment: [groq, local] }`;
    expect(parseConfig(yaml, 'f').providers.groq).toMatchObject({ baseUrl: 'https://api.groq.com/openai/v1' });
  });

  it.each([
    ['an unknown key', 'provders: {}', 'u.yaml: provders: unknown key'],
    [
      'an unknown key of a provider',
      'providers: { openai: { kind: openai, timeout: 5 } }',
      'u.yaml: providers.openai.timeout: unknown key',
    ],
    [
      'an unknown provider in a route',
      'routes: { summarize: [opnai] }',
      'u.yaml: routes.summarize[0]: expected one of the providers local, openai, huggingface, got "opnai"',
    ],
    [
      'a bad duration',
      'providers: { openai: { kind: openai, timeoutMs: soon } }',
      'u.yaml: providers.openai.timeoutMs: expected number, received string, got "soon"',
    ],
    [
      'a duration of nothing',
      'providers: { openai: { kind: openai, timeoutMs: 0 } }',
      'u.yaml: providers.openai.timeoutMs: ',
    ],
    [
      'a longest interval that is shorter than the first',
      'providers: { openai: { kind: openai, retry: { maximumIntervalMs: 500 } } }',
      'u.yaml: providers.openai.retry.maximumIntervalMs: expected at least initialIntervalMs',
    ],
    ['an alias of nothing', 'maxSummaryWords: *words', 'u.yaml: Unresolved alias'],
    [
      'an unknown kind',
      'providers: { openai: { kind: opnai } }',
      'u.yaml: providers.openai.kind: expected openai, openai-compatible, huggingface or local',
    ],
    [
      'a missing kind',
      'providers: { openai: { } }',
      'u.yaml: providers.openai.kind: expected openai, openai-compatible, huggingface or local',
    ],
    [
      'a base URL that is none',
      'providers: { openai: { kind: openai, baseUrl: "ftp://x" } }',
      'u.yaml: providers.openai.baseUrl: ',
    ],
    [
      'a missing model',
      'providers: { x: { kind: openai-compatible, baseUrl: "http://x" } }',
      'u.yaml: providers.x.model: ',
    ],
    [
      'an empty route',
      'routes: { sentiment: [] }',
      'u.yaml: routes.sentiment.providers: expected at least one provider',
    ],
    [
      'a name that cannot be a task queue',
      'providers: { "Open AI": { kind: openai } }',
      'u.yaml: providers.Open AI: expected lower case',
    ],
    ['broken YAML', 'providers: [', 'u.yaml: line 1: '],
    ['a file that is no mapping', '- 1', 'u.yaml: top level: '],
  ])('refuses %s, naming file, key and what was expected', (_, yaml, message) => {
    expect(() => parseConfig(yaml, 'u.yaml')).toThrow(message);
    expect(() => parseConfig(yaml, 'u.yaml')).toThrow(/^(u\.yaml: [^\n]+\n?)+$/);
  });
});
