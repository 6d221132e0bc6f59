import { POLICY, type FailureKind } from '../failure.js';

/** Why a provider is out of use: what it failed with, or an operator who disabled it. */
export type OutageCause = FailureKind | 'Operator';

/** What everybody else sees of an outage: enough to decide whether to wait, and for whom. */
export interface OutOfUse {
  /** What is out of use: a model as `provider/model`, or a whole provider. */
  unit: string;
  cause: OutageCause;
  message: string;
  /** Epoch milliseconds; absent when nobody can say. */
  untilMs?: number;
}

/** Why somebody is not asked, in a line. */
export function closedMessage({ cause, message }: Pick<OutOfUse, 'cause' | 'message'>): string {
  return cause === 'Operator' ? `disabled by an operator: ${message}` : `an outage is open: ${cause}: ${message}`;
}

/** Whether only a person can end it: that stops a run which has nobody else to ask. An operator's hand is waited for. */
export function isLasting(cause: OutageCause): boolean {
  return cause !== 'Operator' && POLICY[cause].lasting;
}

/** A model of a provider, as `provider/model`; without a model the whole provider. */
export function unitOf(provider: string, model?: string): string {
  return model === undefined ? provider : `${provider}/${model}`;
}

/** One workflow a unit for the whole fleet, whoever sees it fail first. */
export function outageIdOf(unit: string): string {
  return `outage/${unit}`;
}
