import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WebSocket } from 'undici';
import { until } from './until.js';

/** A headless browser with one page. */
export interface Browser {
  open(url: string): Promise<void>;
  /** What a person reads on the page. */
  text(): Promise<string>;
  /** The whole page, as PNG. */
  screenshot(): Promise<Buffer>;
  close(): Promise<void>;
}

/** Pixels: what the Web UI needs to show its columns side by side. */
const SCREEN = { width: 1_440, height: 1_000 };

/** Of a command of the DevTools protocol. */
interface Answer {
  result?: Record<string, unknown>;
}

/** Debian's; as root it is installed where it is missing. */
function requireChromium(): void {
  const isThere = () => spawnSync('chromium', ['--version'], { stdio: 'ignore' }).status === 0;
  if (isThere()) return;
  if (process.getuid?.() !== 0) throw new Error('this needs: apt-get install chromium');
  for (const args of [
    ['update', '-qq'],
    ['install', '-qq', '--no-install-recommends', 'chromium'],
  ]) {
    spawnSync('apt-get', args, { stdio: ['ignore', 2, 2], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  }
  if (!isThere()) throw new Error('chromium could not be installed');
}

export async function openChromium(): Promise<Browser> {
  requireChromium();
  const profile = await mkdtemp(join(tmpdir(), 'understudy-chromium-'));
  const isRoot = process.getuid?.() === 0;
  const child = spawn(
    'chromium',
    [
      ...[
        '--headless=new',
        '--remote-debugging-port=0',
        `--user-data-dir=${profile}`,
        '--disable-gpu',
        '--no-first-run',
      ],
      ...(isRoot ? ['--no-sandbox'] : []), // its sandbox does not run as root
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const exited = once(child, 'exit');
  const socket = new WebSocket(await debuggerUrl(child.stderr));
  await once(socket as unknown as EventTarget & NodeJS.EventEmitter, 'open');
  const answers = new Map<number, (answer: Answer) => void>();
  socket.addEventListener('message', ({ data }) => {
    const message = JSON.parse(String(data)) as Answer & { id?: number };
    if (message.id !== undefined) answers.get(message.id)?.(message);
  });
  let last = 0;
  const send = (method: string, params: object, sessionId?: string) =>
    new Promise<Record<string, unknown>>((resolve) => {
      last += 1;
      answers.set(last, ({ result = {} }) => {
        resolve(result);
      });
      socket.send(JSON.stringify({ id: last, method, params, ...(sessionId && { sessionId }) }));
    });

  const { targetId } = await send('Target.createTarget', { url: 'about:blank' });
  const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
  const page = String(sessionId);
  await send('Emulation.setDeviceMetricsOverride', { ...SCREEN, deviceScaleFactor: 1, mobile: false }, page);
  return {
    async open(url) {
      await send('Page.navigate', { url }, page);
    },
    async text() {
      const expression = 'document.body ? document.body.innerText : ""';
      const { result } = await send('Runtime.evaluate', { expression }, page);
      return (result as { value?: string } | undefined)?.value ?? '';
    },
    async screenshot() {
      const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true }, page);
      return Buffer.from(String(data), 'base64');
    },
    async close() {
      socket.close();
      child.kill('SIGTERM');
      await exited;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function debuggerUrl(stderr: NodeJS.ReadableStream): Promise<string> {
  let url: string | undefined;
  createInterface(stderr).on('line', (line) => {
    url ??= /^DevTools listening on (ws:\S+)/.exec(line)?.[1];
  });
  await until(() => url !== undefined);
  return String(url);
}
