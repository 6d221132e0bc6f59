import { Readability } from '@mozilla/readability';
import { parseHTML } from 'linkedom';
import type { Parsed } from './parse-apart.js';

/** What we use of linkedom's elements; its own types stand on those of a browser. */
interface Html {
  innerText: string;
  cloneNode(deep: true): Html;
  querySelectorAll(selector: string): Iterable<{ remove(): void }>;
}

/** The article of a page without menus and advertisements; all of its text where no article can be told. */
export function pageText(html: string): Parsed[] {
  const document = documentOf(html);
  const whole = visibleText(document.body);
  const article = new Readability(document, { serializer: visibleText }).parse();
  const title = article?.title ?? '';
  return [{ ...(title !== '' && { title }), text: article?.content ?? whole }];
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
