import { outagesUnderWay } from '../../activities/outage/outage-handle.js';
import { dueAtMs, outOfUseIn, type OutageState } from '../../domain/outage/outage.js';
import { connectClient, targetFromEnvironment } from '../../temporal/connection.js';
import { print, printJson } from '../terminal/say.js';
import { pastLine, pastOutages } from './past-outages.js';

export async function listOutages({ since, json }: { since?: number; json: boolean }): Promise<number> {
  const client = await connectClient(targetFromEnvironment());
  const outages = await outagesUnderWay(client);
  const past = since === undefined ? [] : await pastOutages(client, Date.now() - since);
  if (json) {
    printJson({ open: [...outages].map(([unit, state]) => ({ unit, ...state })), past });
    return 0;
  }
  const lines = [...[...outages].flatMap(openLine), ...past.map(pastLine)];
  print(lines.length > 0 ? lines.join('\n') : 'all providers are in use');
  return 0;
}

function openLine([unit, state]: [unit: string, state: OutageState]): string[] {
  return state.phase === 'over' ? [] : [describe(unit, state)];
}

function describe(unit: string, state: OutageState): string {
  const { cause, message, sinceMs } = state;
  const since = iso(sinceMs);
  if (state.phase === 'held') return `${unit}: disabled by an operator since ${since}: ${message}`;
  const word = outOfUseIn(unit, state, Date.now()) ? 'out of use' : 'in use, suspected';
  const due = dueAtMs(state);
  const next = due === undefined ? '' : state.phase === 'limited' ? `; until ${iso(due)}` : `; next look ${iso(due)}`;
  return `${unit}: ${word} since ${since}: ${cause}: ${message}${next}`;
}

function iso(atMs: number): string {
  return new Date(atMs).toISOString();
}
