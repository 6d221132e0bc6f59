import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { ANALYZE_TASKS as TASKS } from '../../../src/domain/analyze/analysis.js';
import { startFakeProviders, type FakeProviders } from '../../support/fake-providers.js';
import { KEY, outcomeOf, TEXT, VENDOR_NAMES, vendor } from '../vendors.js';

let fake: FakeProviders;
beforeAll(async () => {
  fake = await startFakeProviders();
});
afterAll(() => fake.close());

describe.each(VENDOR_NAMES)('%s', (name) => {
  it('sends nothing when its key is missing', async () => {
    const before = fake.log.length;
    const outcome = await outcomeOf(vendor(name, fake, { apiKey: undefined }), 'summarize');
    expect(outcome).toMatchObject({ kind: 'Auth', message: 'no API key (set TEST_API_KEY)' });
    expect(fake.log).toHaveLength(before);
  });

  it('sends nothing when no header can carry its key', async () => {
    const outcome = await outcomeOf(vendor(name, fake, { apiKey: 'geheim\nschlüssel' }), 'summarize');
    expect(outcome).toMatchObject({ kind: 'Auth', message: expect.not.stringContaining('geheim') });
  });

  it('sends no authorization when the vendor wants none', async () => {
    const provider = vendor(name, fake, { apiKey: undefined, apiKeyEnv: undefined });
    expect(await outcomeOf(provider, 'sentiment')).toHaveProperty('value');
    expect(fake.requestsTo(provider.name).at(-1)).toMatchObject({ authorized: false });
  });

  it("ends the request, with the signal's reason, when the caller aborts", async () => {
    const provider = vendor(name, fake, { timeoutMs: 20_000 });
    fake.script(provider.name, ['hang']);
    const reason = new Error('cancelled');
    const controller = new AbortController();
    setTimeout(() => {
      controller.abort(reason);
    }, 100);
    await expect(provider.answer('summarize', TEXT, controller.signal)).rejects.toBe(reason);
    await waitUntil(() => fake.requestsTo(provider.name).at(-1)?.aborted === true);
  });

  it('sends nothing when the caller has aborted already', async () => {
    const before = fake.log.length;
    const reason = new Error('too late');
    await expect(vendor(name, fake).answer('sentiment', TEXT, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(fake.log).toHaveLength(before);
  });

  it('answers every request when the vendor closes each connection behind its answer', async () => {
    const provider = vendor(name, fake);
    fake.always(provider.name, 'close-after');
    for (let call = 0; call < 30; call++) {
      expect(await outcomeOf(provider, 'summarize')).toHaveProperty('value');
      await sleep(20); // for the close to arrive: a call that crosses it on the way is a reset
    }
    fake.always(provider.name, undefined);
  });

  it.each(TASKS)('%s: takes a text of 1 MiB, and tells none of it when it is refused', async (task) => {
    const provider = vendor(name, fake, { timeoutMs: 20_000 });
    const text = Array.from({ length: 1024 * 16 }, (_, index) => `line ${index} of the long private text, yes\n`).join(
      '',
    );
    fake.script(provider.name, ['ok', '422']);
    expect(await outcomeOf(provider, task, text)).toHaveProperty('value');
    const refused = await outcomeOf(provider, task, text);
    expect(refused).toMatchObject({ kind: 'BadRequest', message: '422 Cannot process the input: [text]' });
  });
});

it('never follows a redirect', async () => {
  const provider = vendor('openai', fake);
  fake.script(provider.name, ['redirect']);
  await outcomeOf(provider, 'summarize');
  expect(fake.requestsTo('redirected')).toHaveLength(0);
});

describe('an ambient environment', () => {
  const ambient = {
    OPENAI_BASE_URL: 'http://127.0.0.1:9/elsewhere',
    OPENAI_ORG_ID: 'org-ambient',
    OPENAI_PROJECT_ID: 'proj-ambient',
    OPENAI_API_KEY: 'ambient-key',
    OPENAI_ADMIN_KEY: 'ambient-admin-key',
    OPENAI_CUSTOM_HEADERS: 'Authorization: Bearer ambient-header',
    OPENAI_LOG: 'debug',
  };
  beforeAll(() => {
    Object.assign(process.env, ambient);
  });
  afterAll(() => {
    for (const name of Object.keys(ambient)) Reflect.deleteProperty(process.env, name);
  });
  afterEach(() => {
    fake.always('o', undefined);
  });

  it('neither redirects a request nor replaces its key', async () => {
    fake.script('o', ['422']);
    const outcome = await outcomeOf(vendor('openai', fake, { apiKey: KEY }), 'summarize');
    expect(outcome).toMatchObject({ message: '422 Cannot process the input: [text] (key [key])' });
  });
});

async function waitUntil(isTrue: () => boolean): Promise<void> {
  const giveUpAtMs = Date.now() + 3_000;
  while (!isTrue()) {
    if (Date.now() > giveUpAtMs) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
