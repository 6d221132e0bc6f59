import { existsSync } from 'node:fs';
import { basename, dirname, extname, join, relative, resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { loadConfig } from '../../config/config.js';
import {
  batchIdOf,
  delimiter,
  encoding,
  MAX_CONCURRENCY,
  type BatchInput,
  type BatchStatus,
} from '../../domain/batch/batch.js';
import { requireTasks } from '../ask/require-tasks.js';
import { connectClient, targetFromEnvironment, webUiOrigin } from '../../temporal/connection.js';
import { dollars, duration, name, taskList, wholeNumber } from '../terminal/arguments.js';
import { examples } from '../terminal/examples.js';
import { exits } from '../terminal/exit.js';
import { followBatch, tellStatus } from './batch-follow.js';
import { defaultBatchId, describeBatch, inputOf, memoIn, startBatch } from './batch-handle.js';
import { hostAway, withPages } from './batch-now.js';
import { batchList } from './batch-list.js';
import { statusOf } from '../terminal/follow.js';
import { say } from '../terminal/say.js';
import { UsageError } from '../terminal/errors.js';

interface Limits {
  concurrency?: number;
  /** US dollars. */
  maxCost?: number;
  json: boolean;
}

interface StartOptions extends Limits {
  out?: string;
  id?: string;
  task?: string[];
  textColumn?: string;
  idColumn?: string;
  delimiter?: string;
  encoding?: string;
  /** Milliseconds. */
  deadline?: number;
  dedupe: boolean;
}

const AT_ONCE = 20;

export function addBatch(program: Command): void {
  const batch = program
    .command('batch')
    .description('many texts of a file or folder, and their results in a file')
    .usage('[options] <file | command>')
    .addHelpText('after', '\n`batch FILE` starts one: `batch start --help` tells how.')
    .addHelpText(
      'after',
      examples('batch reviews.jsonl --out results.jsonl', 'batch status reviews', 'batch retry reviews'),
    );
  limited(batch.command('start', { isDefault: true }))
    .description('analyze every text of a file, or ask tasks of it; `batch FILE` is short for this')
    .argument('<file>', '.jsonl, .csv, .tsv, .txt (a line a text), or a folder of text files')
    .option(
      '--out <file>',
      'where results go, one JSON object a line (default: beside the input, as NAME.results.jsonl, or NAME.TASK.results.jsonl)',
    )
    .option(
      '--task <names>',
      'ask these tasks of each text in one run, like sentiment,topics, in place of an analysis',
      taskList,
    )
    .option('--id <id>', 'name the batch; the same id joins the batch that exists', name)
    .option('--text-column <name>', 'of a CSV, or the key in JSONL (default: text)')
    .option('--id-column <name>', 'of a CSV, or the key in JSONL (default: id, where there is one)')
    .option('--delimiter <character>', 'of a CSV: , ; | or tab (default: what its header tells)', delimiterNamed)
    .option(
      '--encoding <name>',
      'of the input, like windows-1252 (default: UTF-8, or what a byte order mark says)',
      encodingNamed,
    )
    .option('--deadline <duration>', 'give a text up so long after its start, like 1h (default: never)', duration)
    .option('--no-dedupe', 'ask about equal texts each (default: once, and the others refer to it)')
    .addHelpText(
      'after',
      examples(
        'batch examples/batch/reviews.jsonl --out results.jsonl',
        'batch orders.jsonl --task order --out answers.jsonl',
        'batch examples/batch/reviews.csv --text-column review --id-column nr --max-cost 0.50',
      ),
    )
    .action(exits(start));
  limited(batch.command('retry'))
    .description('analyze once more what failed, and put the results in their places')
    .addHelpText('after', examples('batch retry reviews', 'batch retry reviews --max-cost 0.50'))
    .argument('<id>', BATCH)
    .action(exits(retry));
  batch
    .command('status')
    .description('show how far a batch is')
    .addHelpText('after', examples('batch status reviews --json'))
    .argument('<id>', BATCH)
    .option(...JSON_OPTION)
    .action(exits(status));
  batch
    .command('watch')
    .description('follow a batch until its end')
    .addHelpText('after', examples('batch watch reviews'))
    .argument('<id>', BATCH)
    .option(...JSON_OPTION)
    .action(exits(watch));
  batch
    .command('cancel')
    .description('end a batch; what is done stays')
    .addHelpText('after', examples('batch cancel reviews'))
    .argument('<id>', BATCH)
    .action(exits(cancel));
  batch
    .command('list')
    .description('show the batches that the server knows')
    .addHelpText('after', examples('batch list', 'batch list --json'))
    .option(...JSON_OPTION)
    .action(exits(list));
  batch
    .command('report')
    .description('draw what came of a batch, in one HTML file')
    .addHelpText('after', examples('batch report reviews --out report.html'))
    .argument('<id>', BATCH)
    .option('--out <file>', 'where the report goes (default: ID.report.html)')
    .option('--with-texts', 'show the texts of the slowest and the failed; without it no text is in the report', false)
    .action(exits(report));
}

const BATCH = 'the name of the batch, as `batch list` shows it';
const JSON_OPTION = ['--json', 'print it as JSON', false] as const;

function limited(command: Command): Command {
  return command
    .option('--concurrency <n>', `texts under way at once (default: ${AT_ONCE})`, wholeNumber(1, MAX_CONCURRENCY))
    .option('--max-cost <usd>', 'never spend more than this on all texts together, in US dollars', dollars)
    .option(...JSON_OPTION);
}

async function start(file: string, options: StartOptions): Promise<number> {
  const input = resolve(file);
  const config = loadConfig();
  const { root } = config.files;
  requireThere(root, input, file);
  if (options.task) requireTasks(options.task, config);
  const { task: tasks, textColumn, idColumn, delimiter, encoding, maxCost, deadline, dedupe } = options;
  const batch: BatchInput = {
    input,
    output: resolve(
      options.out ??
        join(dirname(input), `${basename(input, extname(input))}.${tasks ? `${tasks.join('-')}.` : ''}results.jsonl`),
    ),
    concurrency: options.concurrency ?? AT_ONCE,
    ...(tasks && { tasks }),
    ...(textColumn !== undefined && { textColumn }),
    ...(idColumn !== undefined && { idColumn }),
    ...(delimiter !== undefined && { delimiter }),
    ...(encoding !== undefined && { encoding }),
    ...(maxCost !== undefined && { maxCostUsd: maxCost }),
    ...(deadline !== undefined && { deadlineMs: deadline }),
    ...(!dedupe && { dedupe }),
  };
  const client = await connectClient(targetFromEnvironment());
  const id = options.id ?? defaultBatchId(batch);
  // One that has ended is joined too: its results are there, and nothing is paid for again.
  const ended = options.id !== undefined || existsSync(batch.output) ? 'join' : 'begin anew';
  await startBatch(client, id, batch, ended);
  say(`batch ${id}: ${file} to ${relative('', batch.output)}`);
  return followBatch(client, id, options.json);
}

/** @throws InvalidArgumentError, here and below */
function delimiterNamed(value: string): string {
  const character = ['tab', '\\t'].includes(value.toLowerCase()) ? '\t' : value;
  if (delimiter().safeParse(character).success) return character;
  throw new InvalidArgumentError('expected one character, like ; or | or tab');
}

function encodingNamed(value: string): string {
  if (encoding().safeParse(value).success) return value;
  throw new InvalidArgumentError('expected a name like utf-8, windows-1252 or utf-16le');
}

/** A slip of the pen need not go to a worker: where this machine has the folder of all files, the file is in it. */
function requireThere(root: string, input: string, file: string): void {
  const isOurs = existsSync(root) && !relative(root, input).startsWith('..');
  if (isOurs && !existsSync(input)) throw new UsageError(`cannot read ${file}: no such file or folder`);
}

async function retry(id: string, { concurrency, maxCost, json }: Limits): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const description = await describeBatch(client, id);
  if (description.status.name === 'RUNNING') {
    throw new UsageError(`batch ${id} is still running; npx understudy batch watch ${id}`);
  }
  const { maxCostUsd, ...before } = inputOf(description);
  if (maxCostUsd !== undefined && maxCost === undefined) {
    throw new UsageError(`batch ${id} had --max-cost ${maxCostUsd}: say with --max-cost what the retry may spend`);
  }
  const again = {
    ...before,
    retry: true,
    ...(concurrency !== undefined && { concurrency }),
    ...(maxCost !== undefined && { maxCostUsd: maxCost }),
  };
  await startBatch(client, id, again, 'begin anew');
  return followBatch(client, id, json);
}

async function status(id: string, { json }: { json: boolean }): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const description = await describeBatch(client, id);
  const isRunning = description.status.name === 'RUNNING';
  const fresh = isRunning ? await statusOf<BatchStatus>(client.workflow.getHandle(batchIdOf(id))) : undefined;
  const told = memoIn(description).status;
  const known: BatchStatus | undefined = fresh ?? (told && { ...told, pages: [] });
  if (!known) throw new UsageError(`batch ${id} waits for a worker; start one with: npx understudy worker`);
  const { status: now, underWay, waiting } = await withPages(client, known);
  tellStatus(id, description.status.name.toLowerCase(), now, json);
  if (!isRunning) return 0;
  if (!fresh) say('no worker answers; this is what the last one told');
  if (underWay > 0) say(`${underWay} texts under way, ${waiting} of them wait for a provider`);
  const away = await hostAway(client, known);
  if (away !== undefined) say(`its files are on ${away}, where no worker answers: it waits for one`);
  return 0;
}

async function watch(id: string, { json }: { json: boolean }): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  await describeBatch(client, id);
  return followBatch(client, id, json);
}

async function cancel(id: string): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const description = await describeBatch(client, id);
  if (description.status.name !== 'RUNNING') {
    throw new UsageError(`batch ${id} is not running: it is ${description.status.name.toLowerCase()}`);
  }
  await client.workflow.getHandle(batchIdOf(id)).cancel();
  say(`batch ${id} ends; what is done stays. To go on with it: npx understudy batch retry ${id}`);
  return 0;
}

async function report(id: string, { out, withTexts }: { out?: string; withTexts: boolean }): Promise<number> {
  const { batchReport } = await import('./report/batch-report.js'); // what draws takes two seconds to load
  const target = targetFromEnvironment();
  return batchReport(await connectClient(target), id, { out, withTexts, webUi: webUiOrigin(target) });
}

async function list({ json }: { json: boolean }): Promise<number> {
  return batchList(await connectClient(targetFromEnvironment()), json);
}
