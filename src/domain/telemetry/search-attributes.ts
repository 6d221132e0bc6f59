/**
 * What Temporal's list of workflows shows of a run, and can be filtered by. Names and counts alone, never a text: search
 * attributes are not encrypted. SQL stores have room for three of type KeywordList in all.
 */
export const SEARCH_ATTRIBUTES = {
  UnderstudyAnsweredBy: 'KeywordList', // providers, in the order in which they answered first
  UnderstudyFailures: 'KeywordList', // kinds of failure that the run met; written also when it begins to wait
  UnderstudyFailedOver: 'Bool', // somebody answered who was not the first on its route
  UnderstudyDegraded: 'Bool', // the local provider answered
  UnderstudySentiment: 'Keyword', // the label
  UnderstudyCostUsd: 'Double', // absent where it is not known
} as const;

export type SearchAttributeName = keyof typeof SEARCH_ATTRIBUTES;

export function isSearchAttribute(name: unknown): name is SearchAttributeName {
  return typeof name === 'string' && Object.hasOwn(SEARCH_ATTRIBUTES, name);
}

/** Values by name; what is not known is left out. */
export type SearchAttributeValues = Partial<Record<SearchAttributeName, string | number | boolean | string[]>>;
