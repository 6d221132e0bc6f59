import type { Config } from '../../config/config-schema.js';
import { UsageError } from '../terminal/errors.js';

/** Without a price there is no worst case, and so no promise to keep. */
export function requirePrices({ routes, providers }: Config, tasks: readonly string[]): void {
  const names = tasks.flatMap((task) => routes[task]?.providers ?? []);
  const unpriced = names.find((name) => providers[name]?.price === undefined);
  if (unpriced === undefined) return;
  throw new UsageError(
    `--max-cost needs a price for every provider on the route; ${unpriced} has none: set providers.${unpriced}.price`,
  );
}
