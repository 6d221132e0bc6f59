import { EndpointError } from '../../../domain/schedule/endpoint-error.js';
import { connectionFailure } from '../../../providers/wire/connection-failure.js';

/**
 * Reads what `fetch`, or reading its body, threw.
 * @param what names the other side
 */
export function httpFailure(error: unknown, what: string): EndpointError {
  const own = accessErrorIn(error);
  if (own) return new EndpointError(own.kind, own.message.startsWith(what) ? own.message : `${what}: ${own.message}`);
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  if (reason === 'redirect count exceeded') return new EndpointError('Unreadable', `${what} redirects in a loop`);
  if (/scheme must be|URL scheme/.test(reason))
    return new EndpointError('NotAllowed', `${what} redirects away from HTTP`);
  if (reason === 'bad port')
    return new EndpointError('NotAllowed', `${what}: this port is for something else than HTTP`);
  return new EndpointError('Unreachable', `${what}: ${connectionFailure(error).message}`);
}

/** `fetch` hides the reason in `cause`. */
function accessErrorIn(error: unknown): EndpointError | undefined {
  if (error instanceof EndpointError) return error;
  return error instanceof Error ? accessErrorIn(error.cause) : undefined;
}
