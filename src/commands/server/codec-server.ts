import { randomBytes } from 'node:crypto';
import { InvalidArgumentError, type Command } from 'commander';
import { loadConfig, secretOf } from '../../config/config.js';
import type { Config } from '../../config/config-schema.js';
import { startCodecServer, type CodecServer } from '../../temporal/codec/codec-server.js';
import { dataConverterFor } from '../../temporal/codec/data-converter.js';
import { UsageError } from '../terminal/errors.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import { interruption } from '../terminal/interrupt.js';
import { say } from '../terminal/say.js';

const TOKEN_VARIABLE = 'UNDERSTUDY_CODEC_TOKEN';
const TOKEN_BYTES = 24;
const DEFAULT_LISTEN = '127.0.0.1:8234';

interface Address {
  host: string;
  port: number;
}

export function addCodecServer(program: Command): void {
  program
    .command('codec-server')
    .description('decrypts for the Web UI and for temporal --codec-endpoint, until Ctrl-C')
    .option(
      '--listen <address>',
      `where; ${TOKEN_VARIABLE} holds the token, a new one unless set (default: ${DEFAULT_LISTEN})`,
      address,
    )
    .option('--origin <url...>', 'where the Web UI is (default: this machine, port 8233)', origin)
    .addHelpText('after', examples('codec-server', 'codec-server --origin https://temporal.example.com'))
    .action(exits(codecServer));
}

async function codecServer(options: { listen?: Address; origin?: string[] }): Promise<number> {
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

function address(value: string): Address {
  const [, host = '', digits = ''] = /^(.+):(\d{1,5})$/.exec(value) ?? [];
  const port = Number(digits);
  if (host !== '' && port <= 65_535) return { host: host.replace(/^\[(.*)\]$/, '$1'), port };
  throw new InvalidArgumentError(`expected an address like ${DEFAULT_LISTEN}`);
}

function origin(value: string, earlier: string[] = []): string[] {
  if (URL.canParse(value) && /^https?:/.test(value)) return [...earlier, new URL(value).origin];
  throw new InvalidArgumentError('expected an address like https://temporal.example.com');
}
