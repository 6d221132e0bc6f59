import type { FakeProviders } from '../../support/fake-providers.js';

/** The same tasks before three wires: OpenAI's, Anthropic's, and a plain compatible server's. */
export function tasksFor(fake: FakeProviders): string {
  const price = 'price: { inputPerMillionTokens: 1, outputPerMillionTokens: 2 }';
  return `
providers:
  openai: { kind: openai, baseUrl: "${fake.openaiUrl('openai')}", model: gpt-test, timeoutMs: 2000, ${price} }
  claude: { kind: anthropic, baseUrl: "${fake.huggingFaceUrl('claude')}", model: claude-test, apiKeyEnv: OPENAI_API_KEY, timeoutMs: 2000, ${price} }
  plain: { kind: openai-compatible, baseUrl: "${fake.openaiUrl('plain')}", model: plain-test, structuredOutput: prompt, timeoutMs: 2000, ${price} }
  small: { kind: openai-compatible, baseUrl: "${fake.openaiUrl('small')}", model: small-test, timeoutMs: 2000, maxInputChars: 2000, ${price} }
tasks:
  topics:
    instruction: "topics: Name the topics of the text, five at most."
    output: { type: array, items: { type: string }, maxItems: 5 }
  count:
    instruction: "count: How many people does the text name?"
    output: { type: integer, minimum: 0 }
  order:
    instruction: "order: Extract the order."
    output:
      type: object
      required: [customer, lines]
      properties:
        customer: { type: object, required: [name], properties: { name: { type: string }, tier: { enum: [gold, basic] } } }
        lines: { type: array, items: { $ref: "#/$defs/line" } }
      $defs:
        line: { type: object, required: [sku, quantity], properties: { sku: { type: string }, quantity: { type: integer } }, additionalProperties: false }
  spam:
    instruction: "spam: Is the text spam? Say why."
    output: { type: object, required: [answer, reasons], properties: { answer: { type: boolean }, reasons: { type: array, items: { type: string } } } }
  translate:
    instruction: "translate: Translate the text into French."
    split: true
    perProvider: { claude: { instruction: "translate: Traduis.", model: claude-large } }
routes:
  sentiment: [openai, claude]
  topics: [openai, claude, plain]
  count: [claude, plain, openai]
  order: [plain, openai, claude]
  spam: [openai, plain, claude]
  translate: [openai, claude]
`;
}
