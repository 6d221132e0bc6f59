import { TextDecoder } from 'node:util';
import sniffEncoding from 'html-encoding-sniffer';

/**
 * The text of a document. Its encoding is named by a byte order mark, by the header, or by the document itself, in that
 * order; what nobody names is UTF-8, and windows-1252 in HTML.
 * @param charset as the header has it
 */
export function decoded(document: Uint8Array, charset: string | undefined, isHtml: boolean): string {
  const encoding = sniffEncoding(document, {
    xml: !isHtml,
    ...(charset !== undefined && { transportLayerEncodingLabel: charset }),
    ...(!isHtml && { defaultEncoding: declaredEncoding(document) ?? 'UTF-8' }),
  });
  try {
    return new TextDecoder(encoding).decode(document);
  } catch {
    return new TextDecoder().decode(document); // a name that nobody knows
  }
}

/** `<?xml version="1.0" encoding="ISO-8859-2"?>`, which the sniffer leaves to us. */
function declaredEncoding(document: Uint8Array): string | undefined {
  const start = Buffer.from(document.subarray(0, 200)).toString('latin1');
  return /^\s*<\?xml[^>]*\sencoding=["']([\w.:-]+)["']/.exec(start)?.[1];
}
