import { z } from 'zod';
import { held, MAX_PATH_CHARS } from '../input.js';
import type { RecurringInput } from './recurring.js';

const MAX_NAME_CHARS = 500;

/** Who has the files of a schedule: all work on them goes to one queue. */
export const hostFiles = held(
  z.object({
    /** Which files. */
    of: z.string().max(2 * MAX_PATH_CHARS + 2),
    /** Of those who have them. */
    queue: z.string().max(MAX_NAME_CHARS),
    /** Whose they are; absent where every worker sees them. */
    host: z.string().max(MAX_NAME_CHARS).exactOptional(),
  }),
);
export type HostFiles = z.output<ReturnType<typeof hostFiles>>;

/** Hosts that may have the files which were looked for in vain. */
export interface FilesElsewhere {
  elsewhere: string[];
  /** Why they cannot be where they were looked for; absent where they can be made. */
  problem?: string;
}

/** The files of a schedule by name: those of its source and its results. @returns undefined when it has none */
export function filesOf({ source, sink }: Pick<RecurringInput, 'source' | 'sink'>): string | undefined {
  const names = [source, sink].map((each) => (each.kind === 'file' ? each.path : ''));
  return names.every((name) => name === '') ? undefined : names.join('\n');
}
