import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import type { Parsed } from './parse-task.js';

/** What we use of linkedom's elements; its own types stand on those of a browser. */
interface Html {
  innerText: string;
  cloneNode(deep: true): Html;
  matches(selector: string): boolean;
  querySelector(selector: string): Html | null;
  querySelectorAll(selector: string): Iterable<Html>;
  remove(): void;
}

/** What lies over a page until it is clicked away, however long it is, by the words that sites and their tools use. */
const NOTICES = [
  'cookie',
  'consent',
  'gdpr',
  'privacy-banner',
  'onetrust',
  'didomi',
  'usercentrics',
  'cmpbox',
  'cmp-banner',
  'qc-cmp',
  'sp_message',
  'truste',
]
  .flatMap((word) => [`[id*="${word}" i]`, `[class*="${word}" i]`, `[aria-label*="${word}" i]`])
  .concat('[role="dialog"]', '[role="alertdialog"]', '[aria-modal="true"]', 'dialog')
  .join(', ');
/** WordPress marks an article by what it is about. */
const ABOUT_ONE = '[class*="category-" i], [class*="tag-" i]';
/** What holds the article, by its meaning. */
const ARTICLE = ['article', '[itemprop="articleBody"]', 'main', '[role="main"]'];
const BIGGER_THAN_A_NOTICE = 'article, main, h1, [role="main"]';

/**
 * The article of a page without menus, advertisements and notices: what the page itself marks as its one article, or what
 * looks most like one; all of its text where no article can be told.
 */
export function pageText(html: string): Parsed[] {
  const document = documentOf(html);
  for (const notice of [...document.body.querySelectorAll(NOTICES)]) {
    if (notice.matches(ABOUT_ONE)) continue;
    if (!notice.matches(BIGGER_THAN_A_NOTICE) && !notice.querySelector(BIGGER_THAN_A_NOTICE)) notice.remove();
  }
  const whole = visibleText(document.body);
  const marked = markedArticle(document.body);
  const article = new Readability(document, { serializer: visibleText }).parse();
  const title = article?.title ?? '';
  const likely = article?.content ?? whole;
  const text = marked === undefined || shares(likely, marked) ? likely : marked;
  return [{ ...(title !== '' && { title }), text, exactly: text }];
}

/** The text of the one element that is marked as the article; undefined where there is none, or several. */
function markedArticle(body: Html): string | undefined {
  for (const selector of ARTICLE) {
    const [only, other] = body.querySelectorAll(selector);
    if (only && !other) return visibleText(only) || undefined;
  }
  return undefined;
}

/** Whether the beginning of a text stands in another. */
function shares(text: string, whole: string): boolean {
  const [first = ''] = text.split('\n').filter((line) => line.trim().length > 20);
  return whole.includes(first.trim());
}

/** The text of a piece of HTML as it stands in a feed. */
export function htmlText(html: string): string {
  return visibleText(documentOf(`<!doctype html><html><body>${html}</body></html>`).body);
}

function documentOf(html: string): { body: Html } {
  return (parseHTML(html) as unknown as { document: { body: Html } }).document;
}

/** With a line for each block, as a person sees it. */
function visibleText(node: Html): string {
  const root = node.cloneNode(true);
  for (const unseen of root.querySelectorAll('script, style, noscript, template')) unseen.remove();
  return tidy(root.innerText);
}

function tidy(text: string): string {
  return text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}
