import { htmlText } from './page-text.js';

/** Elements that format a word or two. */
const FORMATTING =
  'a|abbr|b|bdi|bdo|big|br|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|nobr|p|q|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr';
const TAG = new RegExp(`<(/?)(${FORMATTING})(?:\\s[^<>]*)?/?>`, 'gi');
const VOID = ['br', 'img', 'wbr'];
/** Elements whose content is not shown: one that is never closed would hide the rest of the text. */
const HIDING = [
  'script',
  'style',
  'template',
  'noscript',
  'textarea',
  'title',
  'iframe',
  'xmp',
  'plaintext',
  'noembed',
];

/**
 * The text of a title. Nobody says whether a title of RSS is HTML or plain: it is HTML when each `<` begins an element that
 * formats a word and is closed, else the `<` are meant as they stand.
 */
export function titleText(title: string): string {
  return isFormatted(title) ? htmlText(title) : title;
}

/** The text of a piece of HTML. */
export function bodyText(html: string): string {
  return htmlText(HIDING.reduce(shown, html)).trim();
}

function isFormatted(title: string): boolean {
  const open = new Map<string, number>();
  let rest = title.length;
  for (const [tag, slash, name = ''] of title.matchAll(TAG)) {
    rest -= tag.length;
    const element = name.toLowerCase();
    if (!VOID.includes(element)) open.set(element, (open.get(element) ?? 0) + (slash === '' ? 1 : -1));
  }
  const isClosed = [...open.values()].every((count) => count === 0);
  return isClosed && (rest === title.length ? !title.includes('<') : !title.replace(TAG, '').includes('<'));
}

/** With a tag that is never closed as what it says. */
function shown(html: string, element: string): string {
  const closed = html.toLowerCase().lastIndexOf(`</${element}`);
  const tag = new RegExp(`<(?=${element}[\\s/>])`, 'gi');
  return html.slice(0, Math.max(0, closed)) + html.slice(Math.max(0, closed)).replace(tag, '&lt;');
}
