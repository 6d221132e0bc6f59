/** Names of the elements in which open models think. */
const ELEMENT =
  'think|thinking|thought|thoughts|thought_process|reason|reasoning|reflection|analysis|scratchpad|inner_monologue|seed:think';

/** Where thinking ends, whether or not its beginning is there: templates put that into the prompt. Next to each, who does it. */
const END_OF_THOUGHT = new RegExp(
  [
    `</(?:${ELEMENT})>`, // DeepSeek, Qwen, Seed
    '\\[/THINK\\]', // Magistral
    '◁/think▷', // Kimi
    '<\\|(?:end_of_thought|END_THINKING|/think|end_thinking)\\|>', // Sky, Command A
    '<unused95>', // MedGemma
    '<\\|channel\\|>final\\b[^<]{0,40}<\\|message\\|>', // gpt-oss
  ].join('|'),
  'gi',
);

const BEGINNING_OF_THOUGHT = new RegExp(
  [
    `<(?:${ELEMENT})>`,
    '\\[THINK\\]',
    '◁think▷',
    '<\\|(?:begin_of_thought|START_THINKING|think|start_thinking)\\|>',
    '<unused94>',
    '<\\|channel\\|>(?:analysis|commentary)',
  ].join('|'),
  'i',
);

/** Words for the same, which mean it only where an answer begins with the first of the two. */
const IN_WORDS = [
  { begins: /^\s*Here is my thought process:/i, ends: 'Here is my response:' }, // Granite
  { begins: /^\s*analysis(?=[A-Z])/, ends: 'assistantfinal' }, // gpt-oss, its marks lost
];

/** Around the answer, or left over from a template; no text that is sent holds any of them, so no summary quotes them. */
const AROUND_ANSWER = /<\|[A-Za-z_/]{1,40}\|>|<\/?(?:answer|response|final_answer|end_of_turn|s)>/gi;

/**
 * What a model says after it has thought: servers without a parser for its thinking leave it in the content. Each
 * character is looked at a fixed number of times.
 * @returns an empty text when it thinks to the end and never answers
 */
export function withoutThoughts(content: string): string {
  let answerAt = 0;
  for (const { index, 0: mark } of content.matchAll(END_OF_THOUGHT)) answerAt = index + mark.length;
  const spoken = IN_WORDS.find(({ begins }) => begins.test(content));
  const spokenAt = spoken ? content.lastIndexOf(spoken.ends) : -1;
  if (spoken) answerAt = Math.max(answerAt, spokenAt < 0 ? content.length : spokenAt + spoken.ends.length);
  const answer = content.slice(answerAt);
  return BEGINNING_OF_THOUGHT.test(answer) ? '' : answer.replace(AROUND_ANSWER, '').trim();
}
