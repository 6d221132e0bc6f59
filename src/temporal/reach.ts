import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** How far a connection came before it failed. */
export type Layer = 'address' | 'name' | 'TCP' | 'TLS' | 'gRPC' | 'namespace';

/** A connection failed at a stage that is known. */
export class Unreached extends Error {
  constructor(
    readonly stage: Layer,
    reason: string,
  ) {
    super(reason);
  }
}

/** `host:port` and `[::1]:port` apart. @throws Unreached */
export function hostAndPort(address: string): { host: string; port: number } {
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([\w.-]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const isAddress = host !== undefined && Number(port) >= 1 && Number(port) <= 65_535;
  if (isAddress) return { host, port: Number(port) };
  throw new Unreached('address', `${JSON.stringify(address)} is not HOST:PORT`);
}

/** Looks the name up and opens a connection, which is what Temporal's client does first, without saying where it failed. @throws Unreached */
export async function reach(address: string, limitMs: number): Promise<void> {
  const { host, port } = hostAndPort(address);
  const giveUpAtMs = Date.now() + limitMs;
  if (isIP(host) === 0) await within('name', limitMs, lookup(host));
  const socket = connectTcp({ host, port });
  try {
    await within('TCP', giveUpAtMs - Date.now(), once(socket, 'connect'));
  } finally {
    socket.destroy();
  }
}

/** Shakes hands over TLS, once Temporal's client has failed with it. @throws Unreached when it is the TLS that fails */
export async function shakeHands(
  address: string,
  { serverNameOverride, serverRootCACertificate: ca, clientCertPair }: TlsSettings,
  limitMs: number,
): Promise<void> {
  const { host, port } = hostAndPort(address);
  const options: ConnectionOptions = {
    host,
    port,
    ALPNProtocols: ['h2', 'http/1.1'], // the second so that a certificate is looked at before anything else fails
    servername: serverNameOverride ?? (isIP(host) === 0 ? host : ''),
    ...(ca && { ca: Buffer.from(ca) }),
    ...(clientCertPair && { cert: Buffer.from(clientCertPair.crt), key: Buffer.from(clientCertPair.key) }),
  };
  const socket = connectTls(options);
  try {
    await within('TLS', limitMs, once(socket, 'secureConnect'));
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

/** As the SDK takes them. */
export interface TlsSettings {
  serverNameOverride?: string;
  serverRootCACertificate?: Uint8Array;
  clientCertPair?: { crt: Uint8Array; key: Uint8Array };
}

async function within(stage: Layer, limitMs: number, work: Promise<unknown>): Promise<void> {
  await inTime(limitMs, work).catch((error: unknown) => {
    throw new Unreached(stage, words(error));
  });
}

/** @throws Error with code ETIMEDOUT when the work is not done in time; it goes on, and nobody hears of its end */
export async function inTime<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error(`no answer within ${limitMs} ms`), { code: 'ETIMEDOUT' }));
    }, limitMs);
  });
  work.catch(() => undefined);
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}

function words(error: unknown): string {
  const { code = '' } = error as NodeJS.ErrnoException;
  return (
    WORDS[code] ??
    (/SSL|TLS|PROTO/.test(code) ? 'the other side speaks no TLS, or refuses ours' : code || String(error))
  );
}

/** What Node's codes for names, connections and certificates mean to a person. */
const WORDS: Partial<Record<string, string>> = {
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'nobody can look the host up now',
  ENODATA: 'the host has no address',
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the other side hung up',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'no answer in time',
  EPIPE: 'the other side hung up',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself; name it with TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody known here vouches for its certificate; see TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    'nobody known here vouches for its certificate; see TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'nobody known here vouches for its certificate; see TEMPORAL_TLS_SERVER_CA_CERT_PATH',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name; see TEMPORAL_TLS_SERVER_NAME',
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: 'it wants a certificate of ours; see TEMPORAL_TLS_CLIENT_CERT_PATH',
};
