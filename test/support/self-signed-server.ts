import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Of CN=localhost, made for these tests and worth nothing. */
const KEY = `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEINuD2i+1Rx5ojoQOmWiLlvWRZ2mFXjoGSvPN9tRUIDLloAoGCCqGSM49
AwEHoUQDQgAEeuUOZcubn50qg9ZhhXiv06j2QD+UIKdSPKTCxXaaaEn3Rgbu/PZW
6AKEgT3TyXagElgDZUNMbVxkiCEJ+stA/Q==
-----END EC PRIVATE KEY-----`;
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBfjCCASWgAwIBAgIUbIM0vWUDjGKeLYKhUqFMKw65OOkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMzE1MTA0MloYDzIxMjYxMDMw
MTUxMDQyWjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAAR65Q5ly5ufnSqD1mGFeK/TqPZAP5Qgp1I8pMLFdppoSfdGBu789lbo
AoSBPdPJdqASWANlQ0xtXGSIIQn6y0D9o1MwUTAdBgNVHQ4EFgQUmN3nduSRWggq
hLXQviAplTspTGwwHwYDVR0jBBgwFoAUmN3nduSRWggqhLXQviAplTspTGwwDwYD
VR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiB3BQgZN6f2XgwZM1NlzkFH
jqF0whZ/hA7hm+XyxJ2WIAIgF8fcvPYVSgFr8oWKefXI5KaPWFVdodOGsE4TCke0
Gcg=
-----END CERTIFICATE-----`;

/** A TLS server whose certificate nobody vouches for. */
export async function startSelfSignedServer(): Promise<{ url: string; arrived(): number; close(): Promise<void> }> {
  let requests = 0;
  const server = createServer({ key: KEY, cert: CERTIFICATE }, (_, response) => {
    requests += 1;
    response.end('{}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived: () => requests,
    async close() {
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}
