/** Letters and digits of a secret in a row that give it away in a short message of an error. */
export const MESSAGE_RUN = 8;
/** In prose that was asked for, a run this short is a word that happens to be in a key. */
export const ANSWER_RUN = 10;
/** A secret of fewer letters and digits is a word, and would mask words. */
const MIN_SECRET = 6;

/**
 * A text without secrets: whole or in part, in either case, with whatever between the characters (`s k - t e s t`,
 * `%73%6b`), reversed, in hexadecimal or in base64. Each character of the text is looked at once a spelling.
 * @param run how many letters or digits in a row count as part of a secret
 */
export function withoutSecrets(text: string, secrets: readonly string[], run: number): string {
  const letters = lettersOf(text);
  const hidden = new Set<number>();
  for (const secret of secrets) {
    for (const { spelled, perCharacter } of spellingsOf(secret))
      hide(letters, spelled, Math.ceil(run * perCharacter), hidden);
  }
  return hidden.size === 0 ? text : masked(text, hidden);
}

interface Letters {
  /** Letters and digits alone, in lower case. */
  folded: string;
  /** Where each stands in the text. */
  at: number[];
}

function lettersOf(text: string): Letters {
  let folded = '';
  const at: number[] = [];
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (!/[A-Za-z0-9]/.test(character)) continue;
    folded += character.toLowerCase();
    at.push(index);
  }
  return { folded, at };
}

interface Spelling {
  spelled: string;
  /** How many characters stand for one of the secret. */
  perCharacter: number;
}

const spellings = new Map<string, Spelling[]>();
const MAX_KEPT = 64;

function spellingsOf(secret: string): Spelling[] {
  const kept = spellings.get(secret);
  if (kept) return kept;
  const made = secret.length < MIN_SECRET ? [] : allSpellingsOf(secret);
  if (spellings.size >= MAX_KEPT) spellings.clear();
  spellings.set(secret, made);
  return made;
}

function allSpellingsOf(secret: string): Spelling[] {
  const plain = lettersOf(secret).folded;
  const bytes = Buffer.from(secret);
  const inBase64 = [0, 1, 2].map((offset) => {
    const all = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return lettersOf(all.slice(offset === 0 ? 0 : offset + 1, -1)).folded; // the ends depend on what stands around it
  });
  return [
    { spelled: plain, perCharacter: 1 },
    { spelled: Array.from(plain).reverse().join(''), perCharacter: 1 },
    { spelled: bytes.toString('hex'), perCharacter: 2 }, // percent encoding too: `%` is no letter
    ...inBase64.map((spelled) => ({ spelled, perCharacter: 4 / 3 })),
  ];
}

/** Marks the places of the text whose letters are a run of the secret. */
function hide({ folded, at }: Letters, secret: string, run: number, hidden: Set<number>): void {
  const length = Math.min(run, secret.length);
  if (length < MIN_SECRET || folded.length < length) return;
  const runs = new Set<string>();
  for (let from = 0; from + length <= secret.length; from += 1) runs.add(secret.slice(from, from + length));
  for (let from = 0; from + length <= folded.length; from += 1) {
    if (!runs.has(folded.slice(from, from + length))) continue;
    const last = at[from + length - 1] ?? 0;
    for (let place = at[from] ?? 0; place <= last; place += 1) hidden.add(place);
  }
}

function masked(text: string, hidden: ReadonlySet<number>): string {
  let clean = '';
  for (let index = 0; index < text.length; index += 1) {
    if (!hidden.has(index)) clean += text.charAt(index);
    else if (!hidden.has(index - 1)) clean += '[key]';
  }
  return clean;
}
