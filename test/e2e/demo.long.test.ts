import { afterEach, beforeEach, describe, expect } from '@jest/globals';
import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { openShell, processesNaming, type Shell } from '../support/command-line.js';
import { itStartsServer } from '../support/it-starts-server.js';
import { until } from '../support/until.js';

const DEMO_LIMIT_MS = 120_000;

let shell: Shell;
beforeEach(async () => {
  shell = await openShell();
});
afterEach(() => shell.close());

const foldersOfDemos = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('understudy-demo-'));
const workersOfDemos = () => processesNaming('demo/demo-worker.js');

describe('demo', () => {
  itStartsServer(
    'shows a switch, a wait, a kill and a recovery without a key, and that nothing was paid twice',
    async () => {
      const before = await foldersOfDemos();
      await shell.write('understudy.yaml', 'nonsense: true'); // the person's own plays no part in it
      const { code, stdout, stderr } = await shell.understudy(['demo']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const sign of [
        /fakes/,
        /openai failed: Unavailable: 500 .*; switching to huggingface/,
        /openai is out of use: 500 since \d\d:\d\d, next look in \d+ s/,
        /openai skipped: out of use: 500/,
        /waiting: .*huggingface is out of use: 503/,
        /RUNNING/,
        /^demo-failing\thuggingface\thuggingface\topenai 500\t2\t/m,
        /^demo-waiting\thuggingface\thuggingface\t.*\t2\t/m,
        /8 answers for 4 runs of two questions, none paid twice/,
      ]) {
        expect(stdout).toMatch(sign);
      }
      expect(await foldersOfDemos()).toEqual(before);
      expect(await workersOfDemos()).toEqual([]);
    },
    DEMO_LIMIT_MS,
  );

  itStartsServer.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'leaves nothing behind after %s in the middle, and exits 130',
    async (signal) => {
      const before = await foldersOfDemos();
      const command = shell.start(['demo']);
      await command.says(/2\. openai answers 500/);
      expect(await workersOfDemos()).toHaveLength(1);
      command.signal(signal);
      const { code, stderr } = await command.ended;
      expect({ code, stderr }).toEqual({ code: 130, stderr: 'interrupted; nothing of the demo is left running\n' });
      expect(await workersOfDemos()).toEqual([]);
      expect(await foldersOfDemos()).toEqual(before);
    },
    DEMO_LIMIT_MS,
  );

  itStartsServer(
    'takes its worker with it when it is killed',
    async () => {
      const command = shell.start(['demo']);
      await command.says(/2\. openai answers 500/);
      command.signal('SIGKILL');
      await command.ended;
      await until(async () => (await workersOfDemos()).length === 0);
    },
    DEMO_LIMIT_MS,
  );
});
