import { ProviderError } from '../provider.js';

const MAX_CAUSES = 8;

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

/** What a name, an address or a handshake fails with: nothing was sent, so nothing can be billed. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const BEFORE_SENDING = new Set(['connect', 'getaddrinfo']);

/**
 * @param error what undici threw, or reading its body
 * @param sent whether the request is known to have gone out; without it, the code alone says what is certain
 */
export function connectionFailure(error: unknown, sent?: boolean): ProviderError {
  const { code, syscall } = reasonIn(error) ?? {};
  const neverSent =
    sent === false ||
    (code !== undefined && (NEVER_SENT.has(code) || HANDSHAKE.test(code))) ||
    BEFORE_SENDING.has(syscall ?? '');
  const message = code === undefined ? 'connection failed' : `${inWords(code)} (${code})`;
  return new ProviderError('Unavailable', message, neverSent ? { neverSent } : { possiblyPaid: true });
}

function inWords(code: string): string {
  const words = IN_WORDS[code];
  if (words !== undefined) return words;
  if (CERTIFICATE.test(code)) return "the server's certificate is not trusted";
  if (HANDSHAKE.test(code)) return 'no TLS connection could be made';
  if (code.startsWith('HPE_')) return 'the answer is not HTTP';
  return 'connection failed';
}

interface Reason {
  code: string;
  syscall: string | undefined;
}

/** The reason is at times hidden in `cause`, or among those of all addresses of a name. */
function reasonIn(error: unknown, depth = 0): Reason | undefined {
  if (typeof error !== 'object' || error === null || depth > MAX_CAUSES) return undefined;
  const syscall = 'syscall' in error && typeof error.syscall === 'string' ? error.syscall : undefined;
  if ('code' in error && typeof error.code === 'string') return { code: error.code, syscall };
  if ('errors' in error && Array.isArray(error.errors)) return reasonIn(error.errors[0], depth + 1);
  return 'cause' in error ? reasonIn(error.cause, depth + 1) : undefined;
}
