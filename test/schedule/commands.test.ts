import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toldInWords } from '../../src/commands/terminal/exit.js';
import { understudyProgram } from '../../src/commands/program.js';
import { temporalAddress, testNamespace } from '../support/namespace.js';
import { rss, startWebServer, type WebServer } from './web-server.js';

let web: WebServer;
let root: string;
beforeAll(async () => {
  web = await startWebServer();
  web.at('/feed', (_, response) => response.end(rss([1])));
  web.at('/page', (_, response) => response.end('<html><body>not a feed</body></html>'));
  root = await mkdtemp(join(tmpdir(), 'understudy-schedule-'));
  await writeFile(join(root, 'understudy.yaml'), `network: { allowHosts: [127.0.0.1] }\nfiles: { root: ${root} }`);
  process.env.UNDERSTUDY_CONFIG = join(root, 'understudy.yaml');
  process.env.TEMPORAL_ADDRESS = temporalAddress;
  process.env.TEMPORAL_NAMESPACE = testNamespace();
});
afterAll(async () => {
  await understudy(['schedule', 'delete', 'there']);
  await web.close();
  await rm(root, { recursive: true });
});

/** The command line in this process, for a process each takes seconds. */
async function understudy(args: readonly string[]) {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((stream) =>
    jest.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text);
      return true;
    }),
  );
  try {
    await toldInWords(async () => (await understudyProgram(args)).parseAsync(args, { from: 'user' }));
    return { code: process.exitCode, ...written };
  } finally {
    process.exitCode = 0;
    for (const spy of spies) spy.mockRestore();
  }
}

const create = (flags: string, id = 'new') => [
  'schedule',
  'create',
  id,
  ...flags.split(' ').map((each) => each.replaceAll('_', ' ')),
];

describe('npx understudy schedule', () => {
  it('makes, shows, changes and deletes a schedule', async () => {
    const cron = ['--cron', '0 7 * * *', '--timezone', 'Europe/Berlin'];
    const flags = [
      '--source',
      `feed:${web.url}/feed?token=abc`,
      '--out',
      join(root, 'there.jsonl'),
      '--max-cost',
      '0.5',
    ];
    const created = await understudy(['schedule', 'create', 'there', ...cron, ...flags]);
    expect([created.code, created.stderr]).toEqual([0, '1 item there now; the first run takes them\n']);
    const described = await understudy(['schedule', 'describe', 'there']);
    expect(described.stdout).toContain('times: 0 7 * * * Europe/Berlin\n');
    expect(described.stdout).toContain(`source: feed:${web.url}/feed?…\n`);
    expect(described.stdout.match(/^ {2}\d{4}-.*T0[56]:00:00/gm)).toHaveLength(5);

    expect((await understudy(['schedule', 'update', 'there', '--cron', '0 8 * * *'])).code).toBe(0);
    expect((await understudy(['schedule', 'describe', 'there'])).stdout).toContain('times: 0 8 * * * Europe/Berlin\n');

    expect((await understudy(['schedule', 'pause', 'there'])).code).toBe(0);
    expect((await understudy(['schedule', 'update', 'there', '--every', '90m'])).code).toBe(0);
    const updated = await understudy(['schedule', 'describe', 'there', '--json']);
    expect(JSON.parse(updated.stdout)).toMatchObject({ times: 'every 90m', paused: true, maxCostUsd: 0.5, runs: 0 });
    const sinkOf = async () =>
      (JSON.parse((await understudy(['schedule', 'describe', 'there', '--json'])).stdout) as { sink: string }).sink;
    const update = (...changes: string[]) => understudy(['schedule', 'update', 'there', '--no-check', ...changes]);
    await update('--webhook', web.url, '--webhook-secret-env', 'ONE');
    await update('--webhook', `${web.url}/elsewhere`);
    expect(await sinkOf()).toBe(`webhook ${web.url}, signed with ONE`);
    await update('--webhook-secret-env', 'TWO');
    expect(await sinkOf()).toBe(`webhook ${web.url}, signed with TWO`);
    const again = await understudy(create(`--every 1h --source feed:${web.url}/feed --out ${root}/o.jsonl`, 'there'));
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('schedule there exists')]);
  });

  it.each([
    [
      'an unreadable cron',
      '--cron 61_7_*_*_* --source feed:URL/feed --out ROOT/o.jsonl',
      '--cron "61 7 * * *": Minute is not in range',
    ],
    [
      'a cron that is none',
      '--cron daily --source feed:URL/feed --out ROOT/o.jsonl',
      '--cron "daily": CronString does not have',
    ],
    [
      'a cron that begins with seconds',
      '--cron 0_0_7_*_*_* --source feed:URL/feed --out ROOT/o.jsonl',
      '--cron "0 0 7 * * *" has 6 fields; expected five, without seconds and year: --cron "0 7 * * *"',
    ],
    [
      'a cron that ends with a year',
      '--cron 30_7_*_*_1_2027 --source feed:URL/feed --out ROOT/o.jsonl',
      '--cron "30 7 * * 1"',
    ],
    [
      'credentials that the configuration does not give to the source',
      '--every 1h --source feed:URL/feed --source-auth-env NEWSKEY --out ROOT/o.jsonl',
      'NEWSKEY may not be sent to 127.0.0.1',
    ],
    [
      'credentials in place of their name',
      '--every 1h --source feed:URL/feed --source-auth-env s3cr-t --out ROOT/o.jsonl',
      'not its value',
    ],
    [
      'an unknown timezone',
      '--cron 0_7_*_*_* --timezone Mars/Base --source feed:URL/feed --out ROOT/o.jsonl',
      '--timezone Mars/Base: no such timezone',
    ],
    [
      'an interval that is none',
      '--every soon --source feed:URL/feed --out ROOT/o.jsonl',
      "argument 'soon' is invalid",
    ],
    ['no time', '--source feed:URL/feed --out ROOT/o.jsonl', 'no time: give --cron'],
    ['no source', '--every 1h --out ROOT/o.jsonl', 'no --source: expected'],
    ['no sink', '--every 1h --source feed:URL/feed', 'nowhere to put results: give --out FILE or --webhook URL'],
    [
      'a kind of source that is none',
      '--every 1h --source ftp:x --out ROOT/o.jsonl',
      '--source ftp:x: expected file:PATH',
    ],
    [
      'an address that is none',
      '--every 1h --source feed:gopher://me:secret@x/ --out ROOT/o.jsonl',
      '--source feed:gopher://x/: expected an address',
    ],
    ['a feed that is gone', '--every 1h --source feed:URL/gone --out ROOT/o.jsonl', 'URL/gone answers 404'],
    [
      'a feed that is none',
      '--every 1h --source feed:URL/page --out ROOT/o.jsonl',
      'URL/page is not RSS, Atom, RDF or JSON Feed',
    ],
    ['a private address', '--every 1h --source url:http://localhost:8081/ --out ROOT/o.jsonl', 'localhost is at'],
    [
      'a file that is gone',
      '--every 1h --source file:ROOT/gone.txt --out ROOT/o.jsonl',
      'cannot read gone.txt: no such file or folder',
    ],
    [
      'a private webhook',
      '--every 1h --source feed:URL/feed --webhook http://169.254.169.254/',
      '169.254.169.254 is not a',
    ],
    ['a source outside the root', '--every 1h --source file:/etc --out ROOT/o.jsonl', '/etc is outside'],
    ['an output outside the root', '--every 1h --source feed:URL/feed --out ROOT/../o.jsonl', '../o.jsonl is outside'],
    [
      'an output in a folder that is gone',
      '--every 1h --source feed:URL/feed --out ROOT/no/o.jsonl',
      'no such file or folder',
    ],
    [
      'two sinks',
      '--every 1h --source feed:URL/feed --out ROOT/o.jsonl --webhook URL/',
      'give --out or --webhook, not both',
    ],
    [
      'a secret in place of its name',
      '--every 1h --source feed:URL/feed --webhook URL/ --webhook-secret-env s3cr-t',
      'not its value',
    ],
    [
      'a number of items that is none',
      '--every 1h --source feed:URL/feed --out ROOT/o.jsonl --max-items 0',
      'expected a whole number from 1 to',
    ],
  ])('refuses %s with one clear line and exit 2', async (_, flags, message) => {
    const { code, stdout, stderr } = await understudy(
      create(flags.replaceAll('URL', web.url).replaceAll('ROOT', root)),
    );
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message.replace(/^URL/, web.url));
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).not.toMatch(/secret@|s3cr-t/);
  });

  it.each([
    'describe',
    'pause',
    'unpause',
    'trigger',
    'delete',
    'update --every 1h',
    'backfill --from 2026-01-01 --to 2026-01-02',
  ])('refuses to %s a schedule that nobody made', async (command) => {
    const [name = '', ...flags] = command.split(' ');
    const { code, stderr } = await understudy(['schedule', name, 'nobody', ...flags]);
    expect([code, stderr]).toEqual([2, 'no schedule nobody (npx understudy schedule list shows all)\n']);
  });
});
