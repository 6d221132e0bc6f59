import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { PROBE_TEXT } from '../../../src/domain/outage/outage.js';
import { configFor, openRig, type Rig } from '../../support/rig.js';

const TEXT = 'The delivery was quick. The box was dented but everything inside worked.';
const ROUTES = `
routes:
  summarize: { providers: [openai, huggingface], onRefusal: switch }
  sentiment: [openai, huggingface]`;

let rig: Rig;
beforeAll(async () => {
  rig = await openRig((fake) => configFor(fake, ROUTES));
});
afterAll(() => rig.close());
afterEach(() => rig.heal());

describe('a refusal', () => {
  it('lets another provider answer where the route says so, and the trail tells', async () => {
    rig.fake.always('openai', 'refusal', 'summarize');
    const { attempts } = await rig.analyze(TEXT);
    expect(attempts.map(({ provider, outcome, failure }) => [provider, failure ?? outcome])).toEqual([
      ['openai', 'Refused'],
      ['huggingface', 'ok'],
      ['openai', 'ok'],
    ]);
    expect(rig.fake.log.filter(({ text }) => text === PROBE_TEXT)).toHaveLength(0);
  });

  it('ends the run where the route does not say so', async () => {
    rig.fake.always('openai', 'content-filter', 'sentiment');
    const { type, attempts } = await rig.failure({ text: TEXT });
    expect(type).toBe('Refused');
    expect(attempts.map(({ provider, outcome, failure }) => [provider, failure ?? outcome])).toEqual([
      ['openai', 'ok'],
      ['openai', 'Refused'],
    ]);
    expect(rig.fake.requestsTo('huggingface')).toHaveLength(0);
  });

  it('ends the run when everybody refuses', async () => {
    rig.fake.always('openai', 'refusal');
    rig.fake.always('huggingface', '400-content-policy');
    const { type, message, attempts } = await rig.failure({ text: TEXT });
    expect(type).toBe('NoProviderLeft');
    expect(message).toMatch(/openai: Refused: .*huggingface: Refused: /);
    expect(attempts).toHaveLength(2);
  });
});
