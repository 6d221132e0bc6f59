import { ProviderError } from '../provider.js';

const IN_WORDS: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  ENOTFOUND: 'host name not found',
  EAI_AGAIN: 'host name could not be looked up',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  ETIMEDOUT: 'connecting took too long',
  UND_ERR_CONNECT_TIMEOUT: 'connecting took too long',
  UND_ERR_SOCKET: 'connection closed before the whole answer came',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'connection closed before the whole answer came',
};

const CERTIFICATE = /CERT|SELF_SIGNED|ISSUER|SIGNATURE/;
const HANDSHAKE = /CERT|SELF_SIGNED|ISSUER|SIGNATURE|SSL|TLS|EPROTO/;

/** Nothing was sent, so nothing can be billed. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** @param error what undici threw, or reading its body */
export function connectionFailure(error: unknown): ProviderError {
  const code = codeIn(error);
  if (code === undefined) return new ProviderError('Unavailable', 'connection failed', { possiblyPaid: true });
  const neverSent = NEVER_SENT.has(code) || HANDSHAKE.test(code);
  return new ProviderError('Unavailable', `${inWords(code)} (${code})`, { possiblyPaid: !neverSent, neverSent });
}

function inWords(code: string): string {
  const words = IN_WORDS[code];
  if (words !== undefined) return words;
  if (CERTIFICATE.test(code)) return "the server's certificate is not trusted";
  if (HANDSHAKE.test(code)) return 'no TLS connection could be made';
  if (code.startsWith('HPE_')) return 'the answer is not HTTP';
  return 'connection failed';
}

/** The reason is at times hidden in `cause`. */
function codeIn(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  if ('code' in error && typeof error.code === 'string') return error.code;
  return 'cause' in error ? codeIn(error.cause) : undefined;
}
