const WORDS = 'the delivery was quick and box dented but everything inside worked so we would order again'.split(' ');

/** Prose in which no two sentences are the same. @returns about this many characters */
export function textOf(characters: number): string {
  const sentences: string[] = [];
  for (let length = 0, number = 1; length < characters; number += 1) {
    const words = Array.from({ length: 5 + (number % 13) }, (_, at) => WORDS[(number * 7 + at * 3) % WORDS.length]);
    const sentence = `Number ${number}: ${words.join(' ')}.`;
    sentences.push(sentence);
    length += sentence.length + 1;
  }
  return sentences.join(' ');
}
