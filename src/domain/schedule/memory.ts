import { z } from 'zod';
import { held } from '../input.js';
import { MAX_TAKES } from './delivery.js';
import { hostFiles } from './host-files.js';
import { KEY_CHARS, MAX_SEEN, packed, seenKey, unpacked } from './seen.js';

/** Items whose result is an error, or was not accepted, that are known by name. */
const MAX_TROUBLED = 200;
/** Items that are taken up again, those too that the source has no more. */
const MAX_TAKEN_UP = 1_000;
const MAX_NAME_CHARS = 300;
const MAX_MESSAGE_CHARS = 500;

/** An item that was taken and has no good result at its sink. */
const troubled = z.object({
  key: seenKey(),
  alias: seenKey().exactOptional(),
  /** Its title, address or path. */
  name: z.string().max(MAX_NAME_CHARS),
  /** `failed`: its result is an error; `refused`: the webhook does not accept its result. */
  what: z.enum(['failed', 'refused']),
  error: z.object({ type: z.string(), message: z.string().max(MAX_MESSAGE_CHARS) }),
});
export type Troubled = z.output<typeof troubled>;

/** What a run of a schedule tells its memory. */
export const news = held(
  z.strictObject({
    /** Keys of items that were delivered. */
    seen: z.array(seenKey()).max(MAX_SEEN).exactOptional(),
    forget: z.array(seenKey()).max(MAX_SEEN).exactOptional(),
    troubled: z.array(troubled).exactOptional(),
    /** Who has the files; null: that shall be found out anew. */
    files: hostFiles().nullable().exactOptional(),
  }),
);
export type News = z.output<ReturnType<typeof news>>;

/** What a schedule remembers over all its runs. Plain data: the memory goes on with it when its history is cut. */
export const memoryState = held(
  z.object({
    /** Keys of items, the oldest first, one behind the other. */
    seen: z.string().max(MAX_SEEN * KEY_CHARS),
    /** The newest last. */
    troubled: z.array(troubled),
    /** Keys of items that are taken up again, and how often they were taken before. */
    takes: z.array(z.tuple([seenKey(), z.int().min(1)])),
    files: hostFiles().exactOptional(),
  }),
);
export type MemoryState = z.output<ReturnType<typeof memoryState>>;

/** What anybody may ask a memory. */
export type MemoryStatus = Omit<MemoryState, 'seen' | 'takes'> & { /** Keys; an item has one or two. */ seen: number };

export const nothingRemembered: Readonly<MemoryState> = { seen: '', troubled: [], takes: [] };

export function remembering(state: MemoryState, { seen: added = [], forget = [], ...more }: News): MemoryState {
  const seen = unpacked(state.seen);
  for (const key of forget) seen.delete(key);
  for (const key of added) seen.add(key);
  const done = new Set(added);
  const troubles = more.troubled ?? [];
  const files = more.files === undefined ? state.files : (more.files ?? undefined);
  const inTrouble = new Set(troubles.map(({ key }) => key));
  return {
    seen: packed([...seen].slice(-MAX_SEEN)),
    troubled: [...state.troubled.filter(({ key }) => !done.has(key)), ...troubles].slice(-MAX_TROUBLED),
    takes: state.takes.filter(([key]) => !done.has(key) || inTrouble.has(key)),
    ...(files && { files }),
  };
}

/** What failed or was refused counts as new again. */
export function takenUpAgain(state: MemoryState): MemoryState {
  const seen = unpacked(state.seen);
  const takes = new Map(state.takes);
  for (const { key, alias, what } of state.troubled) {
    seen.delete(key);
    if (alias !== undefined) seen.delete(alias);
    // What was refused nobody has: it goes by the same id. An error was delivered, and its id with it.
    if (what === 'failed') takes.set(key, Math.min(MAX_TAKES, (takes.get(key) ?? 1) + 1));
  }
  return { ...state, seen: packed(seen), troubled: [], takes: [...takes].slice(-MAX_TAKEN_UP) };
}
