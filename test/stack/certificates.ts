import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './programs.js';

const DAYS = '2';
const NAME = 'understudy-stack';

/** Files of a test CA and of who shows what it signed. */
export interface Certificates {
  ca: string;
  server: { cert: string; key: string };
  client: { cert: string; key: string };
  /** Which the server's certificate is for, beside 127.0.0.1. */
  serverName: string;
}

export function makeCertificates(folder: string): Certificates {
  const file = (name: string) => join(folder, name);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const ca = file('ca.pem');
  const authority = ['-x509', '-days', DAYS, '-subj', `/CN=${NAME}-ca`, '-keyout', file('ca.key'), '-out', ca];
  run('openssl', ['req', ...curve, ...authority]);

  function signed(who: string) {
    const [cert, key, request, extensions] = [
      file(`${who}.pem`),
      file(`${who}.key`),
      file(`${who}.csr`),
      file(`${who}.ext`),
    ];
    run('openssl', ['req', ...curve, '-subj', `/CN=${NAME}-${who}`, '-keyout', key, '-out', request]);
    writeFileSync(extensions, `subjectAltName=DNS:${NAME},DNS:localhost,IP:127.0.0.1\n`);
    const by = ['-CA', ca, '-CAkey', file('ca.key'), '-CAcreateserial', '-days', DAYS, '-extfile', extensions];
    run('openssl', ['x509', '-req', '-in', request, '-out', cert, ...by]);
    return { cert, key };
  }
  return { ca, server: signed('server'), client: signed('client'), serverName: NAME };
}

/** For the Temporal server's own configuration template. */
export function serverTls({ ca, server, serverName }: Certificates): Record<string, string> {
  return {
    TEMPORAL_TLS_REQUIRE_CLIENT_AUTH: 'true',
    TEMPORAL_TLS_FRONTEND_CERT: server.cert,
    TEMPORAL_TLS_FRONTEND_KEY: server.key,
    TEMPORAL_TLS_SERVER_CERT: server.cert,
    TEMPORAL_TLS_SERVER_KEY: server.key,
    TEMPORAL_TLS_SERVER_CA_CERT: ca,
    TEMPORAL_TLS_CLIENT1_CA_CERT: ca,
    TEMPORAL_TLS_CLIENT2_CA_CERT: ca,
    TEMPORAL_TLS_INTERNODE_SERVER_NAME: serverName,
    TEMPORAL_TLS_FRONTEND_SERVER_NAME: serverName,
  };
}

/** For clients and workers, and the official CLI. */
export function clientTls({ ca, client }: Certificates): Record<string, string> {
  return {
    TEMPORAL_TLS: 'true',
    TEMPORAL_TLS_SERVER_CA_CERT_PATH: ca,
    TEMPORAL_TLS_CLIENT_CERT_PATH: client.cert,
    TEMPORAL_TLS_CLIENT_KEY_PATH: client.key,
  };
}
