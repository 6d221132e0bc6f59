import { isDeepStrictEqual } from 'node:util';
import { withoutControls } from '../../domain/characters.js';

/** No answer that we ask for is nested as deep as this; what reads it goes down level by level. */
const MAX_DEPTH = 64;

/** @returns undefined for what is no JSON, or is nested deeper than anything that is asked for */
export function jsonIn(text: string): unknown {
  if (isTooDeep(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Looks at each character once. Counts brackets within strings too: who writes so many of them there means no good. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth += bracket === '[' || bracket === '{' ? 1 : -1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}

/** Beginnings of JSON that are tried in one answer, so that an answer full of `{` is given up soon. */
const MAX_TRIES = 32;

/**
 * The last JSON object or list in an answer, between whatever prose and code fences: models without structured output
 * write a sentence before it, and at times a draft. Where there is none: the number, string or boolean that is all of it.
 * @param text bounded by the caller; read at most {@link MAX_TRIES} times
 */
export function jsonWithin(text: string): unknown {
  const whole = jsonIn(text);
  if (whole !== undefined) return whole;
  let found: { value: unknown; end: number } | undefined;
  let at = nextBracket(text, 0);
  for (let tries = 0; at >= 0; tries += 1) {
    if (tries === MAX_TRIES) return undefined;
    const end = endOf(text, at);
    const value = end === undefined ? undefined : jsonIn(text.slice(at, end));
    if (value !== undefined && end !== undefined) {
      const isNext = found && /^[\s,;]*$/.test(text.slice(found.end, at));
      if (isNext && !isDeepStrictEqual(found?.value, value)) return undefined; // several answers are none
      found = { value, end };
    } else if (looksLikeJson(text, at)) {
      if (end === undefined) return undefined;
      found = undefined;
    }
    at = nextBracket(text, end !== undefined && (value !== undefined || looksLikeJson(text, at)) ? end : at + 1);
  }
  return found ? found.value : jsonIn(withoutFence(text));
}

/** Broken or cut off, then: a part of it that can be read is no answer. */
function looksLikeJson(text: string, at: number): boolean {
  const beginning = /[{[]\s*["{[]/y;
  beginning.lastIndex = at;
  return beginning.test(text);
}

function withoutFence(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n');
  const isFenced = first.startsWith('```') && rest.at(-1)?.trim() === '```';
  return isFenced ? rest.slice(0, -1).join('\n') : text;
}

function nextBracket(text: string, from: number): number {
  const object = text.indexOf('{', from);
  const list = text.indexOf('[', from);
  return object < 0 || list < 0 ? Math.max(object, list) : Math.min(object, list);
}

/** Where the bracket at `from` closes; undefined when it never does. */
function endOf(text: string, from: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (quoted && character === '\\') at += 1;
    else if (character === '"') quoted = !quoted;
    else if (!quoted && (character === '{' || character === '[')) depth += 1;
    else if (!quoted && (character === '}' || character === ']')) depth -= 1;
    if (depth === 0) return at + 1;
  }
  return undefined;
}

/** The same value with every string in it made fit to be shown. @param clean further cleaning */
export function cleanedJson(value: unknown, clean: (text: string) => string): unknown {
  if (typeof value === 'string') return clean(withoutControls(value));
  if (Array.isArray(value)) return value.map((each) => cleanedJson(each, clean));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [clean(withoutControls(key)), cleanedJson(each, clean)]),
  );
}
