import type { Command } from 'commander';
import { examples } from '../terminal/examples.js';
import { loaded } from '../terminal/exit.js';
import { address, DEFAULT_LISTEN, origin, TOKEN_VARIABLE } from './codec-address.js';

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
    .action(loaded(async () => (await import('./serve-codec.js')).serveCodec));
}
