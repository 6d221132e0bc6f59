import { AccessError } from '../../../domain/schedule/access.js';
import { connectionFailure } from '../../../providers/wire/connection-failure.js';

/**
 * Reads what `fetch`, or reading its body, threw.
 * @param what names the other side
 */
export function accessFailure(error: unknown, what: string): AccessError {
  const own = accessErrorIn(error);
  if (own) return new AccessError(own.kind, own.message.startsWith(what) ? own.message : `${what}: ${own.message}`);
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  if (reason === 'redirect count exceeded') return new AccessError('Unreadable', `${what} redirects in a loop`);
  if (/scheme must be|URL scheme/.test(reason))
    return new AccessError('NotAllowed', `${what} redirects away from HTTP`);
  if (reason === 'bad port') return new AccessError('NotAllowed', `${what}: this port is for something else than HTTP`);
  return new AccessError('Unreachable', `${what}: ${connectionFailure(error).message}`);
}

/** `fetch` hides the reason in `cause`. */
function accessErrorIn(error: unknown): AccessError | undefined {
  if (error instanceof AccessError) return error;
  return error instanceof Error ? accessErrorIn(error.cause) : undefined;
}
