import type { Sentence, Wink } from './wink.js';

/** wink knows English and languages like it; where no spaces stand between words, Unicode's rules have to do. */
export function sentencesIn(piece: string, wink: Wink): Sentence[] {
  return /\S{100}/u.test(piece) ? unicodeSentences(piece) : wink.sentencesIn(piece);
}

const unicode = {
  sentences: new Intl.Segmenter('en', { granularity: 'sentence' }),
  words: new Intl.Segmenter('en', { granularity: 'word' }),
};

function unicodeSentences(piece: string): Sentence[] {
  return Array.from(unicode.sentences.segment(piece), ({ segment }) => {
    const words = Array.from(unicode.words.segment(segment)).filter(({ isWordLike }) => isWordLike);
    return { text: segment.trim(), contentWords: new Set(words.map((word) => word.segment.toLowerCase())) };
  });
}
