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
    '<channel\\|>', // Gemma
    '<\\|inner_suffix\\|>', // Apertus
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
    '<\\|channel>(?:thought|analysis)',
    '<\\|inner_prefix\\|>',
  ].join('|'),
  'i',
);

/** Words for the same, which mean it only where an answer begins with the first of the two. */
const IN_WORDS = [
  { begins: /^\s*Here is my thought process:/i, ends: 'Here is my response:' }, // Granite
  { begins: /^\s*analysis(?=[A-Z])/, ends: 'assistantfinal' }, // gpt-oss, its marks lost
];

/** Around the answer, or left over from a template; no text that is sent holds any of them, so no summary quotes them. */
const AROUND_ANSWER = /<\|[A-Za-z_/]{1,40}\|>|<\/?(?:answer|response|final_answer|s)>/gi;
/** Where the model's turn ends; what it says after that is another conversation, of its own making. */
const END_OF_TURN =
  /<\|(?:im_end|eot_id|eom_id|end|endoftext|end_of_text|return|assistant_end)\|>|<\/s>|<eos>|<(?:start|end)_of_turn>|<turn\|>|<\|turn>|\[\/?INST\]|<[|｜]end▁of▁sentence[|｜]>|<\|im_start\|>|<\|start_header_id\|>/i;
/** A turn of the user's that the model makes up goes on with an answer of its own, thoughts included. */
const USERS_TURN =
  /(?:<\|im_start\|>|<\|start\|>|<\|start_header_id\|>|<start_of_turn>|<\|turn>)user\b|<\|user\|>|\[INST\]/i;
/** What a server leaves before the answer. */
const BEFORE_ANSWER = new RegExp(
  `^(?:\\s|(?:<\\|im_start\\|>|<\\|start_header_id\\|>|<\\|turn>|<start_of_turn>)(?:assistant|model)\\b|${END_OF_TURN.source}|${AROUND_ANSWER.source})+`,
  'i',
);

/**
 * What a model says after it has thought: servers without a parser for its thinking leave it in the content. Each
 * character is looked at a fixed number of times.
 * @returns an empty text when it thinks to the end and never answers
 */
export function withoutThoughts(content: string): string {
  const usersTurn = content.search(USERS_TURN);
  const own = usersTurn > 0 ? content.slice(0, usersTurn) : content;
  let answerAt = 0;
  for (const { index, 0: mark } of own.matchAll(END_OF_THOUGHT)) answerAt = index + mark.length;
  const spoken = IN_WORDS.find(({ begins }) => begins.test(own));
  const spokenAt = spoken ? own.lastIndexOf(spoken.ends) : -1;
  if (spoken) answerAt = Math.max(answerAt, spokenAt < 0 ? own.length : spokenAt + spoken.ends.length);
  const answer = own.slice(answerAt).replace(BEFORE_ANSWER, '');
  const endsAt = answer.search(END_OF_TURN);
  const turn = endsAt < 0 ? answer : answer.slice(0, endsAt);
  return BEGINNING_OF_THOUGHT.test(own.slice(answerAt)) ? '' : turn.replace(AROUND_ANSWER, '').trim();
}
