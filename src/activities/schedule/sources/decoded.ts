import { TextDecoder } from 'node:util';
import sniffEncoding from 'html-encoding-sniffer';

/** Encodings whose texts are valid UTF-8 too, as bytes. */
const LOOKS_LIKE_ASCII = /^(?:iso-2022|utf-16|hz-)/i;

/**
 * The text of a document. A byte order mark decides; then bytes that are valid UTF-8 are UTF-8, whatever a header or the
 * document says of them, for no other text looks like it by chance; then the header, then the document itself. What
 * nobody names is windows-1252 in HTML, and UTF-8 elsewhere.
 * @param charset as the header has it
 */
export function decoded(document: Uint8Array, charset: string | undefined, isHtml: boolean): string {
  const declared = declaredEncoding(document);
  const encoding = sniffEncoding(document, {
    xml: !isHtml,
    ...(charset !== undefined && { transportLayerEncodingLabel: charset }),
    ...(!isHtml && { defaultEncoding: declared ?? 'UTF-8' }),
  });
  const utf8 = LOOKS_LIKE_ASCII.test(encoding) ? undefined : utf8Text(document);
  if (utf8 !== undefined) return utf8;
  try {
    return new TextDecoder(encoding).decode(document);
  } catch {
    return new TextDecoder().decode(document); // a name that nobody knows
  }
}

function utf8Text(document: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(document);
  } catch {
    return undefined;
  }
}

/** `<?xml version="1.0" encoding="ISO-8859-2"?>`, which the sniffer leaves to us. */
function declaredEncoding(document: Uint8Array): string | undefined {
  const start = Buffer.from(document.subarray(0, 200)).toString('latin1');
  return /^\s*<\?xml[^>]*\sencoding=["']([\w.:-]+)["']/.exec(start)?.[1];
}
