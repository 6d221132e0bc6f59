/**
 * Answers to the parts of a text, to be asked about once more. Where they are as long as the text, as translations are,
 * and do not fit into one call, they are the answer in the order of the text: asking again would come to no end.
 */
export function together(text: string, answers: readonly string[], maxChars: number): string | undefined {
  const whole = answers.join('\n');
  return whole.length <= maxChars || whole.length <= text.length / 2 ? whole : undefined;
}
