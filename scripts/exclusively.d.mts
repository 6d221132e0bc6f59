interface Waiting {
  onWait: (ownerPid: number) => void;
  signal?: AbortSignal | undefined;
}

/**
 * Runs `work` while no other process on this machine runs it under the same lock file. The lock of a dead process is
 * taken over.
 * @throws the signal's reason when it is aborted while waiting
 */
export function exclusively<T>(lockFile: string, waiting: Waiting, work: () => T | Promise<T>): Promise<T>;
