/** For the worker of your own workflows, and for clients. `temporal-understudy/workflow` has what workflow code takes. */
export { UnderstudyPlugin, type UnderstudyPluginOptions } from './host/plugin.js';
export { ConfigError } from './config/config-schema.js';
export type { Analysis, AnalyzeInput } from './domain/analyze/analysis.js';
export type { Sentiment } from './domain/analyze/sentiment.js';
export type { AskAllInput, Asked, AskedAll, AskInput } from './domain/ask/asked.js';
export type { Attempt } from './domain/attempt.js';
export type { FailureKind } from './domain/failure.js';
