/** The person asked for something that cannot be done. The message names the value and what to do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
