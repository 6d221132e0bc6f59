import { betweenCharacters } from '../../domain/characters.js';
import { MESSAGE_RUN, withoutSecrets } from './secrets.js';

/** Nothing worth telling stands further back, and everything below is paid per character. */
const READ_CHARACTERS = 2000;
const LONGEST = 280;
const KEY_RUN = 5;
/** A secret that is shorter is part of most words. */
const MIN_KEY = 3;
const TEXT_RUN = 12;
const MASKED_KEY =
  /\b(?:sk|pk|rk|xai)-[^\s"',;]+|\b(?:hf|sk|pk|rk|gsk|api_org)_[^\s"',;]+|[^\s"']*(?:\*{3,}|•{3,})[^\s"']*/g;

/** What no message may tell. */
export interface Untold {
  /** The key, and what else of the request came from the environment. */
  secrets: readonly string[];
  text: string;
}

/**
 * A vendor's own words, fit for a log and for Temporal's history: one line, bounded, without the key, whole, in part,
 * masked or spelled in another way, and without what it quotes of the text.
 */
export function vendorMessage(message: string, { secrets, text }: Untold): string {
  const line = oneLine(unescaped(message.slice(0, READ_CHARACTERS)));
  const keyless = withoutParts(line, secrets).replace(MASKED_KEY, '[key]');
  const unspelled = withoutSecrets(keyless, secrets, MESSAGE_RUN).replace(/(\[key\]){2,}/g, '[key]');
  return shortened(withoutText(unspelled, oneLine(text)));
}

export function shortened(line: string, length = LONGEST): string {
  return line.length <= length ? line : `${line.slice(0, betweenCharacters(line, length - 1))}…`;
}

function oneLine(value: string): string {
  return value.replace(/[\s\p{Cc}\p{Cf}\p{Cs}]+/gu, ' ').trim();
}

/** Python servers quote the text with escapes, and then it would not be found. */
function unescaped(message: string): string {
  return message
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
    .replace(/\\[nrt]/g, ' ');
}

/** Of all secrets at once: what one of them masks may be the end of another. */
function withoutParts(line: string, secrets: readonly string[]): string {
  const long = secrets.filter(({ length }) => length >= KEY_RUN);
  const short = secrets.filter(({ length }) => length >= MIN_KEY && length < KEY_RUN);
  const clean = short.reduce((rest, secret) => rest.replaceAll(secret, '[key]'), line);
  return withoutRuns(clean, KEY_RUN, (run) => long.some((secret) => secret.includes(run)), '[key]');
}

function withoutText(line: string, text: string): string {
  const length = Math.min(TEXT_RUN, text.length);
  if (length < 4) return line;
  const quoted = commonRuns(line, text, length);
  return withoutRuns(line, length, (run) => quoted.has(run), '[text]');
}

/** Puts `mask` where runs of `length` characters are secret, once for runs that overlap or touch. */
function withoutRuns(line: string, length: number, isSecret: (run: string) => boolean, mask: string): string {
  let clean = '';
  let secretUntil = -1;
  for (let at = 0; at < line.length; at++) {
    if (at + length <= line.length && isSecret(line.slice(at, at + length))) {
      if (at > secretUntil) clean += mask;
      secretUntil = at + length;
    }
    if (at >= secretUntil) clean += line.charAt(at);
  }
  return clean;
}

/**
 * The runs of `length` characters that `line` has in common with `text`. A rolling hash passes over the text once, so
 * that a text of 1 MiB takes milliseconds.
 */
function commonRuns(line: string, text: string, length: number): Set<string> {
  const sought = new Map<number, Set<string>>();
  forEachRun(line, length, (hash, at) => {
    const runs = sought.get(hash) ?? new Set();
    sought.set(hash, runs.add(line.slice(at, at + length)));
  });
  const common = new Set<string>();
  forEachRun(text, length, (hash, at) => {
    const runs = sought.get(hash);
    if (!runs) return;
    const run = text.slice(at, at + length);
    if (!runs.delete(run)) return;
    common.add(run);
    if (runs.size === 0) sought.delete(hash); // found once, it is not looked at again
  });
  return common;
}

function forEachRun(value: string, length: number, visit: (hash: number, at: number) => void): void {
  const base = 65_599;
  const modulus = 2 ** 31 - 1; // a product of the two is still a safe integer
  let leading = 1;
  for (let power = 0; power < length; power++) leading = (leading * base) % modulus;
  let hash = 0;
  for (let end = 1; end <= value.length; end++) {
    hash = (hash * base + value.charCodeAt(end - 1)) % modulus;
    if (end > length) hash = (hash + modulus - ((leading * value.charCodeAt(end - 1 - length)) % modulus)) % modulus;
    if (end >= length) visit(hash, end - length);
  }
}
