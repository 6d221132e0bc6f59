import { fleetOf, type Service } from '../../activities/failover/fleet.js';
import { outagesUnderWay } from '../../activities/outage/outage-handle.js';
import { loadConfig } from '../../config/config.js';
import type { ProviderConfig } from '../../config/provider-schema.js';
import { outOfUseIn, type OutageState } from '../../domain/outage/outage.js';
import { taskQueueOf } from '../../domain/task-queues.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { outageWords, providerOf, suspectedWords } from '../terminal/outage-words.js';
import { printed, printJson } from '../terminal/say.js';
import { screenOf, type Screen } from '../terminal/screen.js';
import type { Mark } from '../terminal/style.js';
import { table } from '../terminal/table.js';

/** How a provider, or one of its models, stands. */
interface Standing {
  name: string;
  state: 'in use' | 'suspected' | 'out of use' | 'disabled' | 'not served';
  words: (screen: Screen) => string;
}

const MARKS: Record<Standing['state'], Mark> = {
  'in use': 'well',
  suspected: 'careful',
  'out of use': 'bad',
  disabled: 'bad',
  'not served': 'none',
};

/** Each provider, and why one is not in use. @returns the exit code */
export async function listProviders({ json }: { json: boolean }): Promise<number> {
  const { providers } = loadConfig();
  const client = await connectClient(targetFromEnvironment());
  const outages = await outagesUnderWay(client);
  const fleet = fleetOf(client, '', true);
  const standings: Standing[] = [];
  for (const [name, settings] of Object.entries(providers)) {
    const own = [...outages].filter(([unit, { phase }]) => providerOf(unit) === name && phase !== 'over');
    standings.push(...own.map(standingOf));
    if (own.length === 0) standings.push(served(name, settings, await fleet.serviceOf(taskQueueOf(name))));
  }
  const screen = screenOf(process.stdout);
  if (json) {
    const exactly: Screen = { ...screen, kind: 'pipe' };
    printJson(
      standings.map(({ name, state, words }) => ({
        provider: providerOf(name),
        unit: name,
        state,
        told: words(exactly),
      })),
    );
  } else {
    const rows = standings.map(({ name, state, words }) => [{ mark: MARKS[state] }, name, words(screen)]);
    printed(table([{}, { title: 'provider' }, { title: 'how it stands', wraps: true }], rows, screen));
  }
  return 0;
}

function standingOf([unit, state]: [unit: string, state: OutageState]): Standing {
  if (state.phase === 'held') return { name: unit, state: 'disabled', words: (screen) => outageWords(state, screen) };
  if (outOfUseIn(unit, state, Date.now())) {
    return { name: unit, state: 'out of use', words: (screen) => outageWords(state, screen) };
  }
  return { name: unit, state: 'suspected', words: (screen) => suspectedWords(state, screen) };
}

/** Without a worker that has its key nobody can ask it, whatever the configuration says. */
function served(name: string, settings: ProviderConfig, service: Service): Standing {
  if (service === 'now') return { name, state: 'in use', words: () => 'in use' };
  const key = 'apiKeyEnv' in settings ? settings.apiKeyEnv : undefined;
  const missing = key === undefined ? 'no worker serves it' : `no worker with ${key} serves it`;
  const told = service === 'away' ? `${missing} any more` : missing;
  return { name, state: 'not served', words: () => `${told}; start one with: npx understudy worker` };
}
