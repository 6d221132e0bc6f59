import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { format } from 'prettier';
import { COMMANDS } from '../../src/commands/commands.js';
import { readProgram } from '../../src/commands/program.js';
import { TOPICS } from '../../src/commands/help/topics.js';
import { apiPage } from './api-page.js';
import { configKeys, editorSchema, type ConfigKey } from './config-schema.js';
import { CONFIG_WORDS } from './config-words.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const HELP_COLUMNS = 100;
const ALL_KINDS = 6;

/** A file that is made from the code. */
export interface Page {
  /** From the package's root. */
  file: string;
  content: string;
}

export async function pages(): Promise<Page[]> {
  const made: Page[] = [
    { file: 'docs/commands.md', content: await commandsPage() },
    { file: 'docs/api.md', content: apiPage() },
    { file: 'docs/configuration.md', content: configurationPage() },
    { file: 'schema/understudy.schema.json', content: JSON.stringify(editorSchema()) },
  ];
  return Promise.all(
    made.map(async ({ file, content }) => ({
      file,
      content: await format(content, { ...(await style()), filepath: file }),
    })),
  );
}

export async function written(file: string): Promise<string> {
  return readFile(ROOT + file, 'utf8').catch(() => '');
}

export const pathOf = (file: string): string => ROOT + file;

const style = async () => JSON.parse(await readFile(`${ROOT}.prettierrc.json`, 'utf8')) as object;

async function commandsPage(): Promise<string> {
  const program = await readProgram('all');
  const shown = COMMANDS.filter(({ hidden }) => !hidden);
  const rows = shown.map(({ name, about }) => `| [\`${name}\`](#${name}) | ${about} |`);
  const sections = shown.map(({ name }) => {
    const command = program.commands.find((each) => each.name() === name);
    const all = command === undefined ? [] : [command, ...command.commands.filter((each) => !isHidden(command, each))];
    return [`## ${name}`, ...all.map((each) => fenced(helpOf(each)))].join('\n\n');
  });
  return [
    '# Commands',
    'Made from the helps by `npm run docs`. Results are on standard output, everything else on standard error.',
    ['| command | what it does |', '| --- | --- |', ...rows].join('\n'),
    ...sections,
    RESULTS,
    '## Exit codes',
    fenced(TOPICS['exit-codes'] ?? ''),
    '## Environment',
    fenced(TOPICS.environment ?? ''),
    '',
  ].join('\n\n');
}

const RESULTS = `## Results as JSON

\`--json\` prints \`{ workflowId, runId, summary, sentiment: { label, score }, attempts, costUsd, atMostUsd, degraded, suspect? }\`.
Every attempt has its task, provider, model, outcome, failure, message, start, latency, tokens, cost, and \`possiblyPaid\`.

- \`atMostUsd\`: \`costUsd\` with what may have been paid at its worst; both null where nobody can say.
- \`degraded\`: the local provider answered. \`suspect\`: the summary shares nearly no word with its text, or names an address that
  the text has not; look at it.
- A run that failed prints \`{ workflowId, runId, error: { type, message }, attempts, atMostUsd }\`; \`type\` is \`NoProviderLeft\`,
  \`DeadlineExceeded\`, \`BudgetExceeded\`, \`Refused\` or \`InvalidInput\`.
- What Hugging Face's pipelines cost is a bound: they are billed by the second of compute and report no usage.`;

function isHidden(parent: Command, command: Command): boolean {
  return !parent.createHelp().visibleCommands(parent).includes(command);
}

function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text), getOutHelpWidth: () => HELP_COLUMNS }).outputHelp();
  return help.trim();
}

const fenced = (text: string) => `\`\`\`text\n${text.trim()}\n\`\`\``;

function configurationPage(): string {
  const keys = configKeys();
  const ofProviders = keys.filter(({ path }) => path.startsWith('providers.*.'));
  const others = keys.filter((key) => !ofProviders.includes(key) && key.path !== 'providers.*');
  return [
    '# Configuration',
    'Made from the schema by `npm run docs`. `understudy.yaml` in the working directory, or the file that `UNDERSTUDY_CONFIG` names;',
    '`npx understudy init` writes one with comments, `config check` tells all that is wrong with it, `config show` what holds.',
    'For editors: `# yaml-language-server: $schema=node_modules/temporal-understudy/schema/understudy.schema.json` as its first line.',
    'A built-in provider keeps its settings beside those that you give it, and one that is set to `null` is gone. One that is told a model',
    'or an address keeps nothing but its kind: give its `price` and `requestsPerSecond` again.',
    '',
    ...others.map((key) => item(key, key.path)),
    '',
    '## Of a provider',
    '',
    'Under `providers.NAME`. Kinds that have it stand behind a key that not all have.',
    '',
    ...ofProviders.map((key) => item(key, key.path.replace('providers.*.', ''))),
    '',
  ].join('\n');
}

function item({ path, node, kinds }: ConfigKey, shown: string): string {
  const of = kinds.length > 0 && kinds.length < ALL_KINDS && !shown.includes('.') ? `of ${kinds.join(', ')}` : '';
  const isPlain = node.default !== undefined && (typeof node.default !== 'object' || Array.isArray(node.default));
  const initial = isPlain && kinds.length !== 1 ? `default \`${JSON.stringify(node.default)}\`` : '';
  const about = [of, valueWords(node), initial].filter(Boolean).join('; ');
  return `- \`${shown}\`${about === '' ? '' : ` (${about})`}: ${CONFIG_WORDS[path] ?? '?'}`;
}

function valueWords({ type, enum: words, const: only, minimum, maximum, anyOf, oneOf }: ConfigKey['node']): string {
  if (only !== undefined) return `\`${JSON.stringify(only)}\``;
  if (words) return words.map((word) => `\`${wordOf(word)}\``).join(', ');
  if (anyOf ?? oneOf) return '';
  const range = [minimum, maximum].filter((each) => each !== undefined && Math.abs(each) < Number.MAX_SAFE_INTEGER);
  const noun =
    type === 'integer' ? 'whole number' : type === 'boolean' ? 'true, false' : typeof type === 'string' ? type : '';
  return type === 'object' ? '' : range.length === 2 ? `${noun}, ${range.join(' to ')}` : noun;
}

const wordOf = (word: unknown) => (typeof word === 'string' ? word : JSON.stringify(word));
