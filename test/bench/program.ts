import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A process beside the measuring one, so that it does not share its event loop. Ends with it. */
export interface Program {
  /** The line, on either stream, that began with `ready`. */
  readyLine: string;
  stop(): Promise<void>;
}

/** @param args of node, from the root of the checkout */
export async function startProgram(args: readonly string[], env: NodeJS.ProcessEnv): Promise<Program> {
  const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const endWithUs = () => child.kill('SIGKILL');
  process.once('exit', endWithUs);
  const ended = once(child, 'exit');
  const readyLine = await new Promise<string>((resolve, reject) => {
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface(stream).on('line', (line) => {
        output += `${line}\n`;
        if (line.startsWith('ready') || line.includes('"message":"ready')) resolve(line); // JSON where logs are
      });
    }
    void ended.then(() => {
      reject(new Error(`${args.join(' ')} ended before it was ready: ${output}`));
    });
  });
  return {
    readyLine,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      process.removeListener('exit', endWithUs);
    },
  };
}
