import { randomBytes } from 'node:crypto';
import { loadConfig, secretOf } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import { startCodecServer, type CodecServer } from '../../temporal/codec/codec-server.js';
import { dataConverterFor } from '../../temporal/codec/data-converter.js';
import { UsageError } from '../terminal/errors.js';
import { interruption } from '../terminal/interrupt.js';
import { say } from '../terminal/say.js';
import { address, DEFAULT_LISTEN, TOKEN_VARIABLE, type Address } from './codec-address.js';

const TOKEN_BYTES = 24;

/** Serves until it is interrupted. @returns the exit code */
export async function serveCodec(options: { listen?: Address; origin?: string[] }): Promise<number> {
  const { listen = address(DEFAULT_LISTEN), origin: origins = localOrigins(8233) } = options;
  const token = secretOf(TOKEN_VARIABLE) ?? newToken();
  if (!/^[\w-]{16,200}$/.test(token))
    throw new UsageError(`${TOKEN_VARIABLE}: expected 16 to 200 letters, digits, - and _`);
  const server = await openCodecServer(loadConfig(), { ...listen, token, origins });
  if (!server) throw new UsageError('the configuration has no encryption; see docs/encryption.md');
  process.stdout.write(`ready: ${server.url}\n`);
  if (!/^(127\.|\[::1\]|localhost)/.test(listen.host)) say('reachable from other machines: put TLS before it');
  await interruption();
  await server.close();
  return 0;
}

/** For the Web UI of a server of ours; undefined where encryption is off. @param uiPort of the Web UI */
export function codecServerOfUi(config: Config, uiPort: number): Promise<CodecServer | undefined> {
  return openCodecServer(config, { host: '127.0.0.1', port: 0, token: newToken(), origins: localOrigins(uiPort) });
}

type Way = Address & { token: string; origins: string[] };

async function openCodecServer(config: Config, way: Way): Promise<CodecServer | undefined> {
  const [codec] = (config.encryption && dataConverterFor(config, 'client').payloadCodecs) ?? [];
  return codec && startCodecServer({ codec, ...way });
}

const newToken = () => randomBytes(TOKEN_BYTES).toString('base64url');
const localOrigins = (port: number) => ['127.0.0.1', 'localhost'].map((host) => `http://${host}:${port}`);
