/** Fewer telling words say nothing: a title of two words may share none with its text. */
const MIN_WORDS = 3;
/** Of a summary's telling words, what stands in the text in some form. Less than this is nearly none. */
const MIN_SHARED = 0.1;
/** Words that differ behind this many letters are forms of one: deliver, delivery, delivered. */
const STEM_LETTERS = 4;
/** An address that is longer is compared by its beginning. */
const MAX_ADDRESS_CHARS = 2_048;

/**
 * Whether a summary may not be one of its text: it shares nearly no word with it, or holds a web or mail address that the
 * text does not have. That is what comes of a text that talks a model into something else. Says nothing about right or
 * wrong: a flag for a person to look.
 */
export function isSuspect(summary: string, text: string): boolean {
  return holdsForeignAddress(summary, text) || sharesNoWords(summary, text);
}

function sharesNoWords(summary: string, text: string): boolean {
  const told = tellingWords(summary);
  if (told.size < MIN_WORDS) return false;
  const known = tellingWords(text);
  let shared = 0;
  for (const word of told) if (known.has(word)) shared += 1;
  return shared < told.size * MIN_SHARED;
}

/** Scripts that put no spaces between words: there, two characters in a row are compared. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** Beginnings of the words that are long enough to tell something, and numbers. */
function tellingWords(text: string): Set<string> {
  const words = new Set<string>();
  for (const [run] of text
    .normalize('NFKC')
    .toLowerCase()
    .matchAll(/[\p{L}\p{M}\p{N}]+/gu)) {
    if (UNSPACED.test(run)) for (const pair of pairsOf(run)) words.add(pair);
    else if (run.length >= STEM_LETTERS || /\p{N}/u.test(run)) words.add(run.slice(0, STEM_LETTERS));
  }
  return words;
}

function* pairsOf(run: string): Generator<string> {
  const characters = Array.from(run);
  for (let at = 0; at + 1 < characters.length; at += 1) yield `${characters[at] ?? ''}${characters[at + 1] ?? ''}`;
}

function holdsForeignAddress(summary: string, text: string): boolean {
  const told = addressesIn(summary);
  if (told.size === 0) return false;
  const known = [...addressesIn(text)];
  return [...told].some((address) => !known.some((other) => isPartOf(address, other)));
}

/** `shop.example` is part of `shop.example/kettles`, and `shop.example/kett` is not. */
function isPartOf(address: string, other: string): boolean {
  return other === address || (other.startsWith(address) && /^[/?#:]/.test(other.slice(address.length)));
}

/** What stands between white space, brackets, quotes and other marks that no address has. */
const BETWEEN = /[\s<>()[\]{}"'`«»“”„‘’,;|、。，；（）【】「」]+/u;

/** Endings of names that prose does not have by chance: `file.md` or `Node.js` are no addresses. */
const BARE_ENDING =
  /\.(?:com|net|org|info|biz|io|co|app|dev|xyz|top|site|online|shop|link|click|gov|edu|eu|uk|de|fr|it|es|nl|ru|cn|jp|br|in|example)(?:[/?#:]|$)/;

/** Without scheme and `www.`, in lower case. */
function addressesIn(text: string): Set<string> {
  const addresses = new Set<string>();
  for (const token of text.toLowerCase().split(BETWEEN)) {
    const address = addressIn(token.slice(0, MAX_ADDRESS_CHARS));
    if (address !== undefined) addresses.add(address);
  }
  return addresses;
}

function addressIn(token: string): string | undefined {
  const scheme = token.indexOf('://');
  const rest = withoutEnds(scheme >= 0 ? token.slice(scheme + 3) : token.replace(/^mailto:/, ''));
  const bare = rest.replace(/^www\./, '');
  if (bare === '') return undefined;
  if (scheme >= 0 || bare.length < rest.length) return bare;
  const at = rest.indexOf('@');
  if (at > 0 && rest.indexOf('.', at) > at) return rest;
  return BARE_ENDING.test(rest) && /^[a-z0-9]/.test(rest) ? rest : undefined;
}

/** Without the marks of the sentence around it. */
function withoutEnds(token: string): string {
  let from = 0;
  let to = token.length;
  while (from < to && '.:!?*_~=-/'.includes(token.charAt(from))) from += 1;
  while (to > from && '.:!?*_~=-/'.includes(token.charAt(to - 1))) to -= 1;
  return token.slice(from, to);
}
