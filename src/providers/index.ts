/** What a file of `kind: module` is made of: the provider that it exports, and the failures that it may throw. */
export type { ModuleProvider, ModuleQuestion, ModuleSettings, ProviderModule } from './module/module.js';
export { ProviderError, type Answer, type Provider } from './provider.js';
