/** Something on this machine has to change before we can start. The message is for the person: what, and how. */
export class SetupError extends Error {
  override readonly name = 'SetupError';
}
