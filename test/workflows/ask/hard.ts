import type { PlainVendor } from '../../support/plain-vendor.js';

/** Tasks of many shapes, each with an answer that fits its schema, in a configuration for three wires. */
export const HARD = [
  {
    task: 'invoice',
    output: {
      type: 'object',
      properties: {
        number: { type: 'string', minLength: 1 },
        issued: { type: 'string', format: 'date' },
        contact: { type: 'string', format: 'email' },
        parties: {
          type: 'object',
          properties: { seller: { $ref: '#/$defs/party' }, buyer: { $ref: '#/$defs/party' } },
          required: ['seller', 'buyer'],
          additionalProperties: false,
        },
        lines: { type: 'array', minItems: 1, items: { $ref: '#/$defs/line' } },
        note: { type: 'string' },
      },
      required: ['number', 'issued', 'parties', 'lines'],
      additionalProperties: false,
      $defs: {
        party: {
          type: 'object',
          properties: { name: { type: 'string' }, country: { enum: ['DE', 'FR', 'GB'] } },
          required: ['name', 'country'],
          additionalProperties: false,
        },
        line: {
          type: 'object',
          properties: {
            sku: { type: 'string' },
            quantity: { type: 'integer', minimum: 1 },
            price: { type: 'number', exclusiveMinimum: 0 },
          },
          required: ['sku', 'quantity'],
          additionalProperties: false,
        },
      },
    },
    right: {
      number: 'A-17',
      issued: '2026-11-01',
      parties: { seller: { name: 'Kettle & Co', country: 'GB' }, buyer: { name: 'Ada', country: 'DE' } },
      lines: [
        { sku: 'K1', quantity: 2, price: 19.9 },
        { sku: 'L', quantity: 1 },
      ],
    },
    wrong: [
      [
        'an enum that is none',
        {
          number: 'A-17',
          issued: '2026-11-01',
          parties: { seller: { name: 'K', country: 'UK' }, buyer: { name: 'Ada', country: 'DE' } },
          lines: [{ sku: 'K1', quantity: 2 }],
        },
      ],
      [
        'a number as a string',
        {
          number: 'A-17',
          issued: '2026-11-01',
          parties: { seller: { name: 'K', country: 'GB' }, buyer: { name: 'Ada', country: 'DE' } },
          lines: [{ sku: 'K1', quantity: '2' }],
        },
      ],
      [
        'a key more',
        {
          number: 'A-17',
          issued: '2026-11-01',
          parties: { seller: { name: 'K', country: 'GB', vat: 1 }, buyer: { name: 'Ada', country: 'DE' } },
          lines: [{ sku: 'K1', quantity: 2 }],
        },
      ],
      ['a key less', { number: 'A-17', parties: {}, lines: [] }],
      [
        'a date that is none',
        {
          number: 'A-17',
          issued: '1 November',
          parties: { seller: { name: 'K', country: 'GB' }, buyer: { name: 'Ada', country: 'DE' } },
          lines: [{ sku: 'K1', quantity: 2 }],
        },
      ],
    ],
  },
  {
    task: 'event',
    output: {
      oneOf: [
        {
          type: 'object',
          properties: { kind: { const: 'meeting' }, at: { type: 'string', format: 'date-time' } },
          required: ['kind', 'at'],
          additionalProperties: false,
        },
        {
          type: 'object',
          properties: { kind: { const: 'deadline' }, days: { type: 'integer' } },
          required: ['kind', 'days'],
          additionalProperties: false,
        },
      ],
    },
    right: { kind: 'deadline', days: 3 },
    wrong: [
      ['of no kind', { kind: 'party', days: 3 }],
      ['mixed kinds', { kind: 'meeting', days: 3 }],
    ],
  },
  {
    task: 'score',
    output: { type: 'number', minimum: 0, maximum: 1 },
    right: 0.25,
    wrong: [
      ['out of range', 25],
      ['a word', 'high'],
      ['a number as a string', '0.25'],
    ],
  },
  {
    task: 'tags',
    output: { type: 'array', items: { enum: ['late', 'broken', 'rude'] }, uniqueItems: true, maxItems: 3 },
    right: ['late', 'rude'],
    wrong: [
      ['twice the same', ['late', 'late']],
      ['in an object', { tags: ['late'] }],
    ],
  },
  {
    task: 'flags',
    output: { type: 'object', additionalProperties: { type: 'boolean' } },
    right: { late: true, broken: false },
    wrong: [['a value that is none', { late: 'yes' }]],
  },
  {
    task: 'urgent',
    output: {
      type: 'object',
      properties: {
        answer: { enum: ['yes', 'no'] },
        reasons: { type: 'array', items: { type: 'string' }, minItems: 1 },
      },
      required: ['answer', 'reasons'],
    },
    right: { answer: 'yes', reasons: ['nobody answers'] },
    wrong: [
      ['without reasons', { answer: 'yes', reasons: [] }],
      ['null', null],
    ],
  },
  { task: 'name', output: { type: ['string', 'null'] }, right: null, wrong: [['a list', ['Ada']]] },
  {
    task: 'spam',
    output: { type: 'boolean' },
    right: false,
    wrong: [
      ['a string', 'false'],
      ['a number', 0],
    ],
  },
  {
    task: 'tree',
    output: {
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/node' } } },
          required: ['name'],
          additionalProperties: false,
        },
      },
    },
    right: { name: 'a', children: [{ name: 'b' }, { name: 'c', children: [] }] },
    wrong: [['a child that is none', { name: 'a', children: ['b'] }]],
  },
] as const;

/** Two texts that any model may put around JSON, and some that are no answer at all. */
export const AROUND = {
  fenced: (json: string) => `\`\`\`json\n${json}\n\`\`\``,
  'in prose': (json: string) => `Sure! Here is the result you asked for:\n\n${json}\n\nLet me know if you need more.`,
};
export const NONE = {
  'cut off': (json: string) => `{"a": ${json.slice(0, -1)}`,
  empty: () => '',
  blank: () => ' \n',
  prose: () => 'I am not able to see any text.',
};

export const WIRES = ['openai', 'claude', 'plain'] as const;

export function hardTasksFor({ url }: Pick<PlainVendor, 'url'>): string {
  const price = { inputPerMillionTokens: 1, outputPerMillionTokens: 2 };
  const chat = { baseUrl: `${url}/v1`, timeoutMs: 3000, price };
  return JSON.stringify({
    providers: {
      openai: { kind: 'openai', model: 'openai', ...chat },
      claude: { kind: 'anthropic', model: 'claude', apiKeyEnv: 'OPENAI_API_KEY', ...chat, baseUrl: url },
      plain: { kind: 'openai-compatible', model: 'plain', structuredOutput: 'prompt', ...chat },
      huggingface: null,
    },
    tasks: Object.fromEntries(HARD.map(({ task, output }) => [task, { instruction: `Do ${task}.`, output }])),
    routes: {
      summarize: ['openai'],
      sentiment: ['openai'],
      ...Object.fromEntries(HARD.map(({ task }) => [task, WIRES])),
    },
  });
}
