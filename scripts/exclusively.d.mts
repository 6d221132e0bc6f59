interface Waiting {
  onWait?: (ownerPid: string) => void;
  signal?: AbortSignal | undefined;
  /** A lock that is older has no owner any more, whatever its process id says now. By default none is too old. */
  abandonedAfterMs?: number;
}

/**
 * Runs `work` while no other process runs it under the same lock file. The lock of a process of this machine that died
 * is taken over. Within a process, no two may ask for the same lock at a time.
 * @throws the signal's reason when it is aborted while waiting
 */
export function exclusively<T>(lockFile: string, waiting: Waiting, work: () => T | Promise<T>): Promise<T>;
