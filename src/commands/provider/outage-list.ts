import { outagesUnderWay } from '../../activities/outage/outage-handle.js';
import { outOfUseIn, type OutageState } from '../../domain/outage/outage.js';
import type { OutageStory } from '../../domain/outage/outage-report-memo.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import type { Cell } from '../terminal/cell.js';
import { outageWords, plainly, suspectedWords } from '../terminal/outage-words.js';
import { print, printed, printJson } from '../terminal/say.js';
import { screenOf, type Screen } from '../terminal/screen.js';
import { table } from '../terminal/table.js';
import { pastOutages } from './past-outages.js';

export async function listOutages({ since, json }: { since?: number; json: boolean }): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const outages = await outagesUnderWay(client);
  const past = since === undefined ? [] : await pastOutages(client, Date.now() - since);
  if (json) {
    printJson({ open: [...outages].map(([unit, state]) => ({ unit, ...state })), past });
    return 0;
  }
  const screen = screenOf(process.stdout);
  const open = [...outages].filter(([, { phase }]) => phase !== 'over');
  if (open.length > 0)
    printed(
      table(
        OPEN_COLUMNS,
        open.map((each) => openRow(each, screen)),
        screen,
      ),
    );
  else if (past.length === 0) print('all providers are in use');
  if (open.length > 0 && past.length > 0) printed(['']);
  if (past.length > 0) printed(table(PAST_COLUMNS, past.map(pastRow), screen));
  return 0;
}

const OPEN_COLUMNS = [{}, { title: 'open outage of' }, { title: 'how it stands', wraps: true }] as const;
const PAST_COLUMNS = [
  ...[{ title: 'past outage of' }, { title: 'since' }, { title: 'lasted', align: 'right' as const }],
  ...[
    { title: 'calls saved', align: 'right' as const, spare: 1 },
    { title: 'why', wraps: true },
  ],
] as const;

function openRow([unit, state]: [unit: string, state: OutageState], screen: Screen): Cell[] {
  const isOut = outOfUseIn(unit, state, screen.nowMs) !== undefined;
  return [
    { mark: isOut ? 'bad' : 'careful' },
    unit,
    isOut ? outageWords(state, screen) : suspectedWords(state, screen),
  ];
}

function pastRow({ unit, since, lastedMs, cause, message, callsSaved }: OutageStory): Cell[] {
  return [unit, { atMs: Date.parse(since) }, { tookMs: lastedMs }, callsSaved, `${cause}: ${plainly(message)}`];
}
