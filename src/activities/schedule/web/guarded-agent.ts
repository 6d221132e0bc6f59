import { lookup as systemLookup } from 'node:dns';
import { lookup as lookUp } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { Agent, buildConnector } from 'undici';
import { EndpointError } from '../../../domain/schedule/endpoint-error.js';

const CONNECT_LIMIT_MS = 10_000;

/**
 * Connects to public addresses only. The check is of the address that the socket is then opened to, at every connection:
 * a redirect, or a name that resolves to something else the second time, changes nothing.
 * @param allowHosts host names or addresses that may be anywhere, with a port or for all ports
 * @param lookup for tests
 */
export function guardedAgent(allowHosts: readonly string[], lookup: LookupFunction = systemLookup): Agent {
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
      const { hostname, port, protocol } = options;
      if (isAllowed(allowHosts, hostname, port || DEFAULT_PORTS[protocol])) anywhere(options, callback);
      else if (isIP(hostname) && !isPublic(hostname)) callback(notAllowed(hostname, hostname), null);
      else checked(options, callback);
    },
  });
}

/**
 * Looks a host up as {@link guardedAgent} will, without connecting to it. One that cannot be found now may be later.
 * @throws EndpointError `NotAllowed`
 */
export async function requireAllowed(url: string, allowHosts: readonly string[]): Promise<void> {
  const { hostname: named, port, protocol } = new URL(url);
  const hostname = named.replace(/^\[|\]$/g, '');
  if (isAllowed(allowHosts, hostname, port || DEFAULT_PORTS[protocol])) return;
  const found = await lookUp(hostname, { all: true }).catch(() => []);
  const refused = found.find(({ address }) => !isPublic(address));
  if (refused) throw notAllowed(hostname, refused.address);
}

const DEFAULT_PORTS: Partial<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** An entry with a port allows that port alone; an IPv6 address with one stands in brackets. */
function isAllowed(allowHosts: readonly string[], hostname: string, port: string | undefined): boolean {
  const bare = hostname.toLowerCase().replace(/^\[|\]$/g, '');
  const names = [bare, `[${bare}]`, `${bare}:${port ?? ''}`, `[${bare}]:${port ?? ''}`];
  const withPort = bare.includes(':') ? [names[0], names[1], names[3]] : [names[0], names[2]];
  return allowHosts.some((host) => withPort.includes(host.toLowerCase()));
}

/** What is given out as public and is not: IPv6 has nothing public outside of 2000::/3 (RFC 4291, section 2.4). */
const GLOBAL_IPV6 = ipaddr.parseCIDR('2000::/3');
const NOT_PUBLIC = [
  '168.63.129.16/32', // Azure's metadata and DNS; those of the other clouds are in ranges that are private anyway
  '100.100.100.200/32',
  '192.88.99.0/24', // relays of 6to4
  '2001::/23', // special purposes (IANA), Teredo among them
  '2001:db8::/32', // documentation
  '3fff::/20', // documentation
  '2002::/16', // 6to4: holds an IPv4 address of any kind
].map((range) => ipaddr.parseCIDR(range));

/**
 * Whether an address is one of the public internet: not private, loopback, link-local, carrier-grade NAT, multicast or
 * reserved (IANA's special-purpose registries), nor such an IPv4 address inside of an IPv6 one, nor where clouds keep
 * their secrets.
 */
export function isPublic(address: string): boolean {
  if (!ipaddr.isValid(address)) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  if (parsed.kind() === 'ipv6' && !parsed.match(GLOBAL_IPV6)) return false;
  return !NOT_PUBLIC.some((range) => range[0].kind() === parsed.kind() && parsed.match(range));
}

function notAllowed(host: string, address: string): EndpointError {
  const what = host === address ? `${host} is not a public address` : `${host} is at ${address}, not a public address`;
  return new EndpointError('NotAllowed', `${what} (network.allowHosts: [${host}] in understudy.yaml allows it)`);
}
