import { lookup as systemLookup } from 'node:dns';
import { lookup as lookUp } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector } from 'undici';
import { AccessError } from '../../../domain/schedule/access.js';

const CONNECT_LIMIT_MS = 10_000;

/**
 * Connects to public addresses only. The check is of the address that the socket is then opened to, at every connection:
 * a redirect, or a name that resolves to something else the second time, changes nothing.
 * @param allowHosts host names or addresses that may be anywhere
 * @param lookup for tests
 */
export function guardedAgent(allowHosts: readonly string[], lookup: LookupFunction = systemLookup): Agent {
  const allowed = new Set(allowHosts.map((host) => host.toLowerCase()));

  const checkedLookup: LookupFunction = (host, options, callback) => {
    lookup(host, options, (error, found, family) => {
      const addresses =
        typeof found === 'string' ? [found] : (found as typeof found | undefined)?.map(({ address }) => address);
      const refused = error ? undefined : addresses?.find((address) => !isPublic(address));
      callback(refused === undefined ? error : notAllowed(host, refused), found, family);
    });
  };
  const anywhere = buildConnector({ timeout: CONNECT_LIMIT_MS });
  const checked = buildConnector({ timeout: CONNECT_LIMIT_MS, lookup: checkedLookup });

  return new Agent({
    connect: (options, callback) => {
      const { hostname } = options;
      if (allowed.has(hostname.toLowerCase())) anywhere(options, callback);
      else if (isIP(hostname) && !isPublic(hostname)) callback(notAllowed(hostname, hostname), null);
      else checked(options, callback);
    },
  });
}

/**
 * Looks a host up as {@link guardedAgent} will, without connecting to it. One that cannot be found now may be later.
 * @throws AccessError `NotAllowed`
 */
export async function requireAllowed(url: string, allowHosts: readonly string[]): Promise<void> {
  const hostname = new URL(url).hostname.replace(/^\[|\]$/g, '');
  if (allowHosts.some((host) => host.toLowerCase() === hostname)) return;
  const found = await lookUp(hostname, { all: true }).catch(() => []);
  const refused = found.find(({ address }) => !isPublic(address));
  if (refused) throw notAllowed(hostname, refused.address);
}

/**
 * Whether an address is one of the public internet: not private, loopback, link-local, carrier-grade NAT, multicast or
 * reserved (IANA's special-purpose registries), nor such an IPv4 address inside of an IPv6 one.
 */
export function isPublic(address: string): boolean {
  return ipaddr.process(address).range() === 'unicast';
}

function notAllowed(host: string, address: string): AccessError {
  const what = host === address ? `${host} is not a public address` : `${host} is at ${address}, not a public address`;
  return new AccessError('NotAllowed', `${what} (network.allowHosts: [${host}] in understudy.yaml allows it)`);
}
