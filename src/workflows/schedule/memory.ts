import {
  condition,
  defineQuery,
  defineSignal,
  makeContinueAsNewFunc,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import { parsedAs } from '../../domain/input.js';
import {
  memoryState,
  news,
  nothingRemembered,
  remembering,
  takenUpAgain,
  type MemoryState,
  type MemoryStatus,
} from '../../domain/schedule/memory.js';
import { KEY_CHARS } from '../../domain/schedule/seen.js';
import { isVersionSuperseded, TO_CURRENT_VERSION } from '../failover/move-on.js';
import { parsedInput } from '../input/parsed-input.js';

/** Carries `News`. */
const rememberSignal = defineSignal<[unknown]>('remember');
/** What failed or was refused shall be taken up again. */
const retrySignal = defineSignal('retry');
/** All is forgotten; the memory ends. */
const forgetSignal = defineSignal('forget');
const memoryQuery = defineQuery<MemoryState>('memory');
const statusQuery = defineQuery<MemoryStatus>('status');

/** A history stays small enough to be replayed within a second. */
const LONG_HISTORY_EVENTS = 400;
const LONG_HISTORY_BYTES = 2 * 1024 * 1024;

/**
 * What a schedule has taken, for as long as the schedule is there. Its runs ask it only when their source has changed, and
 * tell it what they have delivered; so a run without news carries nothing of it.
 */
export async function scheduleMemory(given?: MemoryState): Promise<void> {
  let state: MemoryState = given === undefined ? nothingRemembered : parsedInput(memoryState, given);
  let isForgotten = false;
  const become = (next: MemoryState) => {
    state = next;
    setCurrentDetails(
      `${state.seen.length / KEY_CHARS} keys seen, ${state.troubled.length} items without a good result`,
    );
  };
  setHandler(rememberSignal, (told) => {
    const parsed = parsedAs(news, told);
    if ('problem' in parsed) return;
    isForgotten = false;
    become(remembering(state, parsed.value));
  });
  setHandler(retrySignal, () => {
    become(takenUpAgain(state));
  });
  setHandler(forgetSignal, () => {
    isForgotten = true;
    become(nothingRemembered);
  });
  setHandler(memoryQuery, () => state);
  setHandler(statusQuery, () => ({ ...withoutKeys(state), seen: state.seen.length / KEY_CHARS }));
  const isOver = () => isForgotten;
  await condition(() => isOver() || isHistoryLong());
  if (!isOver()) await makeContinueAsNewFunc<typeof scheduleMemory>(TO_CURRENT_VERSION)(state);
}

function withoutKeys({ seen: _seen, takes: _takes, ...rest }: MemoryState): Omit<MemoryState, 'seen' | 'takes'> {
  return rest;
}

function isHistoryLong(): boolean {
  const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
  const isLong = historyLength > LONG_HISTORY_EVENTS || historySize > LONG_HISTORY_BYTES;
  return continueAsNewSuggested || isVersionSuperseded() || isLong;
}
