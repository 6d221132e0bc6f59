/**
 * Why a source cannot be read or a sink cannot be written. `passes`: asking again may help, so Temporal does.
 * The message says which one, and what to do; it never holds a password, a token or the query of an address.
 */
export const ENDPOINT_ERRORS = {
  Unreachable: { passes: true }, // no connection, no whole answer in time, HTTP 408, 425, 429, 5xx, a file in use
  Gone: { passes: false }, // HTTP 404, 410; no such file
  Denied: { passes: false }, // HTTP 401, 403 and other 4xx; no permission for a file
  Forbidden: { passes: false }, // HTTP 403 and most other 4xx from a webhook: about this result, if it lets others in
  NotAllowed: { passes: false }, // an address that is not public, a path outside files.root
  TooLarge: { passes: false }, // more bytes or items than we take
  Unreadable: { passes: false }, // not a feed, not a text, a redirect loop
  SecretMissing: { passes: false }, // the worker's environment has no signing secret
  ResultRefused: { passes: false }, // HTTP 400, 409, 413, 415, 422 from a webhook: about this result, not about the others
} as const satisfies Record<string, { passes: boolean }>;

export type EndpointErrorKind = keyof typeof ENDPOINT_ERRORS;

export class EndpointError extends Error {
  override readonly name = 'EndpointError';

  constructor(
    readonly kind: EndpointErrorKind,
    message: string,
    /** How long the other side asked to be left alone. Milliseconds. */
    readonly retryAfterMs?: number,
  ) {
    super(message);
  }
}

/** What a failed HTTP status means. @param what names the other side */
export function failedStatus(status: number, what: string, retryAfterMs?: number): EndpointError {
  const said = `${what} answers ${status}`;
  if (status === 404 || status === 410) return new EndpointError('Gone', said);
  if (status === 401) return new EndpointError('Denied', `${said}: it wants other credentials (--source-auth-env)`);
  if (status === 403) {
    const why = 'it wants other credentials, or another reader (network.userAgent in understudy.yaml)';
    return new EndpointError('Denied', `${said}: blocked; ${why}`);
  }
  if (status >= 500 || [408, 425, 429].includes(status)) return new EndpointError('Unreachable', said, retryAfterMs);
  return new EndpointError('Denied', said);
}

/** An address without what may be secret: user, password, and the values of its query. */
export function redacted(url: string): string {
  const { origin, pathname, search } = new URL(url);
  return `${origin}${pathname}${search === '' ? '' : '?…'}`;
}
