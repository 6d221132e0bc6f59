import { ConfigError, type Config } from '../config/config-schema.js';

/** What one worker process does of all that there is to do. */
export interface Serves {
  workflows: boolean;
  /** Inputs and results of batches, sources and sinks of schedules. */
  files: boolean;
  /** Names of providers. */
  providers: readonly string[];
}

const ROLES = ['workflows', 'files', 'providers'];

/**
 * @param list of roles and names of providers; undefined: everything
 * @throws ConfigError for a name that is neither
 */
export function servesOf(list: readonly string[] | undefined, { providers }: Config): Serves {
  const names = Object.keys(providers);
  if (list === undefined) return { workflows: true, files: true, providers: names };
  const unknown = list.find((each) => !ROLES.includes(each) && !names.includes(each));
  if (unknown !== undefined) {
    throw new ConfigError(`--serve ${unknown}: expected ${ROLES.join(', ')} or a provider's name: ${names.join(', ')}`);
  }
  return {
    workflows: list.includes('workflows'),
    files: list.includes('files'),
    providers: names.filter((name) => list.includes('providers') || list.includes(name)),
  };
}
