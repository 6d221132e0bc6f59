import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { AskInput, Asked } from '../../../src/domain/ask/asked.js';
import { openRig, outcomeOf, until, type Rig } from '../../support/rig.js';
import { tasksFor } from './tasks.js';

const TEXT = 'Ada ordered two kettles and a lamp. Grace ordered nothing.';
const ORDER = { customer: { name: 'Ada', tier: 'gold' }, lines: [{ sku: 'kettle', quantity: 2 }] };
const SPAM = { answer: false, reasons: ['it names an order'] };

let rig: Rig;
beforeAll(async () => {
  rig = await openRig(tasksFor);
});
afterAll(() => rig.close());
afterEach(() => rig.heal());

function start(input: AskInput) {
  return rig.client.workflow.start('ask', { taskQueue: 'understudy', workflowId: randomUUID(), args: [input] });
}

async function ask(task: string, text: unknown = TEXT, more: Partial<AskInput> = {}): Promise<Asked> {
  return (await start({ task, text, ...more })).result() as Promise<Asked>;
}

async function failure(input: AskInput) {
  const outcome = await outcomeOf((await start(input)) as never);
  if (!('error' in outcome)) throw new Error(`expected a failed run, got ${JSON.stringify(outcome)}`);
  return outcome;
}

const providersOf = ({ attempts }: Pick<Asked, 'attempts'>) =>
  attempts.map(({ provider, outcome, failure: kind }) => [provider, kind ?? outcome]);

/** Each task with an answer that fits, and one that does not. */
const CASES = [
  { task: 'topics', right: ['kettles', 'lamps'], wrong: { topics: ['kettles'] } },
  { task: 'count', right: 2, wrong: 'two people' },
  { task: 'order', right: ORDER, wrong: { ...ORDER, customer: { name: 'Ada', tier: 'silver' } } },
  { task: 'spam', right: SPAM, wrong: { answer: 'no', reasons: [] } },
];
const ROUTES = [
  ['openai', 'claude', 'plain'],
  ['claude', 'plain', 'openai'],
  ['plain', 'openai', 'claude'],
];

describe.each(ROUTES)('by %s, before %s and %s', (first, second, third) => {
  const route = [first, second, third] as [string, string, string];

  it('gives what fits its schema: a list, a number, nested objects, a yes or no', async () => {
    for (const { task, right } of CASES) rig.fake.always(first, { says: right }, task);
    const all = await Promise.all(CASES.map(({ task }) => ask(task, TEXT, { route })));
    for (const [at, { task, right }] of CASES.entries()) {
      expect(all[at]).toMatchObject({ task, value: right, degraded: false });
      expect(providersOf(all[at] ?? { attempts: [] })).toEqual([[first, 'ok']]);
      expect(all[at]?.costUsd).toBeGreaterThan(0);
    }
  });

  it.each(CASES)(
    '$task: an answer that does not fit is paid, and the next is asked',
    async ({ task, right, wrong }) => {
      rig.fake.always(first, { says: wrong }, task);
      rig.fake.always(second, { says: right }, task);
      const asked = await ask(task, TEXT, { route });
      expect(asked.value).toEqual(right);
      expect(providersOf(asked)).toEqual([
        [first, 'BadOutput'],
        [second, 'ok'],
      ]);
      expect(asked.attempts[0]?.outputTokens).toBeGreaterThan(0);
    },
  );

  it('stops and says why when none gives one that fits', async () => {
    for (const name of route) rig.fake.always(name, { says: { answer: 'no', reasons: [] } }, 'spam');
    const { error, attempts } = await failure({ task: 'spam', text: TEXT, route });
    expect(error.type).toBe('NoProviderLeft');
    expect(error.message).toContain('no provider can answer spam');
    expect(error.message).toContain('/answer must be boolean');
    expect(providersOf({ attempts })).toEqual(route.map((name) => [name, 'BadOutput']));
  });
});

describe('ask', () => {
  it('gives a text as it came, with the instruction and model of the provider that is asked', async () => {
    rig.fake.always('openai', '422', 'translate');
    rig.fake.always('claude', { says: 'Ada a commandé.\n\nDeux bouilloires.' }, 'translate');
    const { value, attempts } = await ask('translate');
    expect(value).toBe('Ada a commandé.\n\nDeux bouilloires.');
    expect(attempts.at(-1)).toMatchObject({ provider: 'claude', model: 'claude-large' });
    expect(JSON.stringify(rig.fake.requestsTo('claude', 'translate')[0]?.messages[0])).toContain('Traduis');
  });

  it('does not take a model out of use whose answers do not fit one task', async () => {
    rig.fake.always('openai', { says: { answer: 'no', reasons: [] } }, 'spam');
    rig.fake.always('claude', { says: { answer: false, reasons: ['a person'] } }, 'spam');
    rig.fake.always('openai', { says: 'Ada a commandé.' }, 'translate');
    for (let run = 0; run < 8; run += 1) {
      expect(providersOf(await ask('spam', TEXT, { route: ['openai', 'claude'] }))).toEqual([
        ['openai', 'BadOutput'],
        ['claude', 'ok'],
      ]);
    }
    expect(providersOf(await ask('translate', TEXT, { route: ['openai'] }))).toEqual([['openai', 'ok']]);
    expect(rig.fake.requestsTo('openai', 'spam')).toHaveLength(8); // no probe
  });

  it('gives JSON to the model as JSON', async () => {
    rig.fake.always('claude', { says: 1 }, 'count');
    expect((await ask('count', { people: ['Ada'], lamps: 2 })).value).toBe(1);
    expect(rig.fake.requestsTo('claude', 'count')[0]?.text).toBe('{"people":["Ada"],"lamps":2}');
  });

  it('answers a long text by way of its parts, where the task says so', async () => {
    rig.fake.always('small', { says: 'Une partie assez courte.' }, 'translate');
    const long = Array.from({ length: 120 }, (_, at) => `Sentence ${at} tells of kettles and lamps.`).join(' ');
    const { value, attempts } = await ask('translate', long, { route: ['small'] });
    const parts = attempts.filter(({ part }) => part !== undefined && !part.includes('all'));
    expect(parts.length).toBeGreaterThan(1);
    expect(value).toContain('Une partie assez courte.');
    for (const { characters } of rig.fake.requestsTo('small', 'translate'))
      expect(characters).toBeLessThanOrEqual(2_000);
  });

  it('puts translations together in order where they do not fit into one call', async () => {
    rig.fake.always('small', { says: 'Une phrase. '.repeat(150) }, 'translate');
    const long = 'A sentence of the text. '.repeat(250);
    const { value } = await ask('translate', long, { route: ['small'] });
    expect(String(value).split('\n').length).toBe(rig.fake.requestsTo('small', 'translate').length);
  });

  it('asks the next about a text that is too long for one, where parts cannot be put together', async () => {
    rig.fake.always('plain', { says: 3 }, 'count');
    const asked = await ask('count', 'Ada and Grace and Joan. '.repeat(200), { route: ['small', 'plain'] });
    expect(asked.value).toBe(3);
    expect(rig.fake.requestsTo('small')).toHaveLength(0);
  });

  it('answers the tasks that it knows by itself', async () => {
    expect((await ask('sentiment', TEXT)).value).toMatchObject({ label: 'POSITIVE' });
    rig.fake.always('openai', { says: 'An order.' }, 'summarize');
    expect((await ask('summarize', TEXT, { route: ['openai'] })).value).toBe('An order.');
  });

  it('waits for an outage to end and goes on by itself', async () => {
    for (const name of ['openai', 'claude']) rig.fake.always(name, '503', 'translate');
    const run = await start({ task: 'translate', text: TEXT });
    await until(async () => (await run.query<{ waitingFor?: unknown }>('status')).waitingFor !== undefined);
    rig.fake.always('openai', { says: 'Bonjour.' }, 'translate');
    expect(((await run.result()) as Asked).value).toBe('Bonjour.');
  });

  it.each([
    [{ task: 'nothing', text: TEXT }, /no task nothing is configured, only .*topics/],
    [{ task: '', text: TEXT }, /task: expected the name of a task/],
    [{ task: 'topics', text: ' ' }, /text: expected a text/],
    [{ task: 'topics', text: TEXT, route: ['local'] }, /local cannot answer topics/],
    [{ task: 'topics', text: TEXT, route: ['nobody'] }, /no provider nobody is configured/],
    [{ task: 'topics', text: TEXT, route: 'openai' }, /routes: expected/],
    [{ task: 'topics', text: TEXT, deadlineMs: -1 }, /deadlineMs: expected milliseconds/],
    [{ task: 'toString', text: TEXT }, /no task toString/],
    [{ task: '__proto__', text: TEXT }, /no task __proto__/],
  ])('%j is refused by name', async (input, says) => {
    const { error } = await failure(input as AskInput);
    expect(error).toMatchObject({ type: 'InvalidInput', message: expect.stringMatching(says) });
  });
});
