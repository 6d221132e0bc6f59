/* eslint-disable @typescript-eslint/unbound-method -- wink is told what to give by a reference to one of its `its` functions */
import type { ItemSentence, ItemToken } from 'wink-nlp';

export interface Sentence {
  text: string;
  /** The words that tell it from others, in lower case. */
  contentWords: ReadonlySet<string>;
}

export interface Wink {
  sentencesIn(text: string): Sentence[];
  /** -1 to 1 */
  sentimentOf(text: string): number;
}

let loading: Promise<Wink> | undefined;

/** The language model, loaded on first use: it takes 0.2 s and 80 MB, which most workers never need. */
export function loadWink(): Promise<Wink> {
  return (loading ??= load());
}

async function load(): Promise<Wink> {
  const [{ default: winkNLP }, { default: model }] = await Promise.all([
    import('wink-nlp'),
    import('wink-eng-lite-web-model'),
  ]);
  const nlp = winkNLP(model, ['sbd', 'negation', 'sentiment']);
  const { its } = nlp;
  const isContent = (token: ItemToken) => token.out(its.type) === 'word' && !token.out(its.stopWordFlag);
  return {
    sentencesIn(text) {
      const sentences: Sentence[] = [];
      nlp
        .readDoc(text)
        .sentences()
        .each((sentence: ItemSentence) => {
          const contentWords = new Set(sentence.tokens().filter(isContent).out(its.normal));
          sentences.push({ text: sentence.out(), contentWords });
        });
      return sentences;
    },
    sentimentOf: (text) => Number(nlp.readDoc(text).out(its.sentiment)),
  };
}
