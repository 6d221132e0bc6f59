import { stringify } from 'yaml';
import { configSource, loadConfig, missingKeyOf } from '../../config/config.js';
import { print, printJson, say } from '../terminal/say.js';
import { withoutSecrets } from './without-secrets.js';

/** @throws ConfigError with a line for each mistake */
export async function checkConfig(): Promise<number> {
  const { providers } = loadConfig();
  print(`${configSource()}: nothing is wrong with it`);
  for (const [name, settings] of Object.entries(providers)) {
    const missing = missingKeyOf(settings);
    if (missing !== undefined) say(`${name} has no key here (${missing} is not set); the worker needs it, nobody else`);
  }
  return Promise.resolve(0);
}

export async function showConfig({ json }: { json: boolean }): Promise<number> {
  const shown = withoutSecrets(loadConfig());
  if (json) printJson(shown);
  else print(`# ${configSource()}, with all defaults\n${stringify(shown).trimEnd()}`);
  return Promise.resolve(0);
}
