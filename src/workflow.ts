/** For the code of your own workflows: nothing in here but what Temporal's sandbox allows. */
export { ask, type AskOptions } from './workflows/ask/ask.js';
export type { Asked } from './domain/ask/asked.js';
export type { Attempt } from './domain/attempt.js';
export type { FailureKind } from './domain/failure.js';
