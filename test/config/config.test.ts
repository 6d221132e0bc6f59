import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { resolve } from 'node:path';
import { missingKeyOf, withSecrets } from '../../src/config/config.js';
import { parseConfig } from '../../src/config/config-schema.js';

const LOCAL_ROUTES = 'routes: { summarize: [local], sentiment: [local] }';

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
  });

  it.each([
    ['a kind, as it is anyway', '{ kind: openai }', true],
    ['a limit', '{ kind: openai, timeoutMs: 5000 }', true],
    ['another model', '{ model: gpt-6 }', false],
    ['another address', "{ kind: openai, baseUrl: 'https://proxy.example/v1' }", false],
    ['another kind', "{ kind: openai-compatible, baseUrl: 'https://v.example/v1', model: m }", false],
  ])('a built-in provider that is told %s keeps its price, or not', (_, told, keeps) => {
    const { openai } = parseConfig(`providers: { openai: ${told} }`, 'f').providers;
    for (const key of ['price', 'requestsPerSecond', 'reasoningEffort']) expect(key in (openai ?? {})).toBe(keeps);
  });

  it.each([
    ['an instruction', '{ instruction: Say it in short words. }', true],
    ['that it is not split', '{ split: false }', false],
  ])('a built-in task that is told %s keeps the rest', (_, told, split) => {
    const { tasks } = parseConfig(`tasks: { summarize: ${told} }`, 'f');
    expect(tasks.summarize).toMatchObject({ split });
    expect(tasks.sentiment).toMatchObject({ split: false });
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
      'u.yaml: providers.openai.kind: expected openai, openai-compatible, anthropic, huggingface, local or module',
    ],
    [
      'a missing kind',
      'providers: { mine: { } }',
      'u.yaml: providers.mine.kind: expected openai, openai-compatible, anthropic, huggingface, local or module',
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
    [
      'a kind of Claude without a model',
      'providers: { claude: { kind: anthropic } }',
      'u.yaml: providers.claude.model: ',
    ],
    [
      'a way to structured output that is none',
      'providers: { openai: { kind: openai, structuredOutput: xml } }',
      'u.yaml: providers.openai.structuredOutput: ',
    ],
    [
      'a label that is none of ours',
      'providers: { h: { kind: huggingface, labels: { 5 stars: GREAT } } }',
      'u.yaml: providers.h.labels.5 stars: ',
    ],
    [
      'a header without a value',
      'providers: { openai: { kind: openai, headers: { x-team: { variable: X } } } }',
      'u.yaml: providers.openai.headers.x-team: expected text, or { env: the name of an environment variable }',
    ],
    [
      'a name that no header has',
      'providers: { openai: { kind: openai, headers: { "x team": a } } }',
      'u.yaml: providers.openai.headers.x team: expected the name of a header',
    ],
    [
      'a module that is not there',
      'providers: { mine: { kind: module, module: ./no-such-provider.mjs } }\nroutes: { summarize: [mine], sentiment: [mine] }',
      'u.yaml: providers.mine.module: no such file',
    ],
    ['broken YAML', 'providers: [', 'u.yaml: line 1: '],
    ['a file that is no mapping', '- 1', 'u.yaml: top level: '],
  ])('refuses %s, naming file, key and what was expected', (_, yaml, message) => {
    expect(() => parseConfig(yaml, 'u.yaml')).toThrow(message);
    expect(() => parseConfig(yaml, 'u.yaml')).toThrow(/^(u\.yaml: [^\n]+\n?)+$/);
  });

  it.each([
    'sk-proj-AbCdEfGh0123456789abcdef',
    'sk_live_0123456789abcdefgh',
    'hf_AbCdEfGhIjKlMnOpQrStUv',
    'gsk_0123456789abcdefghij',
    'AIzaSyA0123456789abcdefghijklmnop',
    '0123456789abcdef0123456789abcdef',
    'a1b2c3d4e5f6a7b8c9d0e1f2a3b4',
    'my key is 12345',
  ])('refuses %s as the name of a variable, and does not repeat it', (key) => {
    for (const yaml of [
      `providers: { openai: { kind: openai, apiKeyEnv: "${key}" } }`,
      `providers: { openai: { kind: openai, headers: { x-key: { env: "${key}" } } } }`,
    ]) {
      expect(() => parseConfig(yaml, 'u.yaml')).toThrow(/u\.yaml: providers\.openai\.(apiKeyEnv|headers\.x-key)/);
      expect(() => parseConfig(yaml, 'u.yaml')).not.toThrow(key.slice(0, 8));
    }
  });

  it.each(['OPENAI_API_KEY', 'my_key_2', 'HF_API_TOKEN_OF_TEAM_7', 'sk_key', 'AzureOpenAIKey1'])(
    'takes %s as the name of a variable',
    (name) => {
      const yaml = `providers: { openai: { kind: openai, apiKeyEnv: ${name} } }\n${LOCAL_ROUTES}`;
      expect(parseConfig(yaml, 'f').providers.openai).toMatchObject({ apiKeyEnv: name });
    },
  );

  it('names a module relative to its own folder', () => {
    const yaml = `providers: { mine: { kind: module, module: ./config.test.ts, options: { a: 1 } } }\n${LOCAL_ROUTES}`;
    expect(parseConfig(yaml, 'test/config/u.yaml').providers.mine).toMatchObject({
      module: resolve('test/config/config.test.ts'),
      options: { a: 1 },
    });
  });
});

describe('secrets', () => {
  const of = (yaml: string) => {
    const { p } = parseConfig(`providers: { p: ${yaml} }\n${LOCAL_ROUTES}`, 'f').providers;
    if (p === undefined) throw new Error('no provider p');
    return p;
  };
  const SET = { A_KEY: 'key-1', A_TEAM: 'team-1', AN_EMPTY: ' ' };
  beforeAll(() => {
    Object.assign(process.env, SET);
  });
  afterAll(() => {
    for (const name of Object.keys(SET)) Reflect.deleteProperty(process.env, name);
  });

  it('come from the environment by name: the key, and values of headers', () => {
    const settings = of('{ kind: openai, apiKeyEnv: A_KEY, headers: { x-team: { env: A_TEAM }, x-app: understudy } }');
    expect(withSecrets(settings)).toMatchObject({
      apiKey: 'key-1',
      headers: { 'x-team': { env: 'A_TEAM', secret: 'team-1' }, 'x-app': 'understudy' },
    });
    expect(missingKeyOf(settings)).toBeUndefined();
  });

  it.each([
    ['{ kind: openai, apiKeyEnv: NOBODY_SETS_THIS, headers: { x-team: { env: NOR_THIS } } }', 'NOBODY_SETS_THIS'],
    ['{ kind: openai, apiKeyEnv: A_KEY, headers: { x-team: { env: NOR_THIS } } }', 'NOR_THIS'],
    ['{ kind: openai-compatible, baseUrl: "http://x", model: m, headers: { x-team: { env: AN_EMPTY } } }', 'AN_EMPTY'],
    ['{ kind: module, module: package.json, apiKeyEnv: NOBODY_SETS_THIS }', 'NOBODY_SETS_THIS'],
    ['{ kind: local }', undefined],
  ])('that are missing are named: %s', (yaml, missing) => {
    expect(missingKeyOf(of(yaml))).toBe(missing);
  });
});
