import proto from '@temporalio/proto';
import {
  isSearchAttribute,
  SEARCH_ATTRIBUTES,
  type SearchAttributeName,
} from '../../domain/telemetry/search-attributes.js';

const { IndexedValueType } = proto.temporal.api.enums.v1;
const TYPES = {
  KeywordList: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
  Keyword: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
  Bool: IndexedValueType.INDEXED_VALUE_TYPE_BOOL,
  Double: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
} as const;

/** What both kinds of connection have. */
export interface Operated {
  operatorService: {
    listSearchAttributes(request: { namespace: string }): Promise<{ customAttributes: Record<string, unknown> }>;
    addSearchAttributes(request: { namespace: string; searchAttributes: Record<string, number> }): Promise<unknown>;
  };
}

/** Which of ours a namespace has, which it lacks, and which it has with another type. */
export interface Registered {
  there: SearchAttributeName[];
  missing: SearchAttributeName[];
  otherwise: SearchAttributeName[];
}

/** Asks the server. A name of another type counts as not there: a run that wrote it would hang. */
export async function registeredSearchAttributes(
  { operatorService }: Operated,
  namespace: string,
): Promise<Registered> {
  const { customAttributes } = await operatorService.listSearchAttributes({ namespace });
  const found: Registered = { there: [], missing: [], otherwise: [] };
  for (const name of Object.keys(SEARCH_ATTRIBUTES).filter(isSearchAttribute)) {
    const type = customAttributes[name];
    if (type === undefined) found.missing.push(name);
    else (type === TYPES[SEARCH_ATTRIBUTES[name]] ? found.there : found.otherwise).push(name);
  }
  return found;
}

/** Adds what is missing. @returns what the server has afterwards: it does not say when it could not add one */
export async function registerSearchAttributes(connection: Operated, namespace: string): Promise<Registered> {
  const { missing } = await registeredSearchAttributes(connection, namespace);
  if (missing.length === 0) return registeredSearchAttributes(connection, namespace);
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, TYPES[SEARCH_ATTRIBUTES[name]]]));
  await connection.operatorService.addSearchAttributes({ namespace, searchAttributes });
  return registeredSearchAttributes(connection, namespace);
}

/** While some are missing somebody may just be adding them. */
const LOOK_AGAIN_MS = { complete: 600_000, incomplete: 30_000 };

/**
 * Which search attributes runs may write, looked up off the hot path and remembered.
 * @param missing told once of the names that the server lacks
 */
export function knownSearchAttributes(
  connection: Operated,
  namespace: string,
  missing: (names: readonly string[]) => void,
): () => Promise<readonly SearchAttributeName[]> {
  let known: readonly SearchAttributeName[] = [];
  let dueAtMs = 0;
  let isTold = false;
  let looking: Promise<void> | undefined;
  const look = async () => {
    const found = await registeredSearchAttributes(connection, namespace);
    known = found.there;
    const lacking = [...found.missing, ...found.otherwise];
    dueAtMs = Date.now() + (lacking.length > 0 ? LOOK_AGAIN_MS.incomplete : LOOK_AGAIN_MS.complete);
    if (lacking.length > 0 && !isTold) missing(lacking);
    isTold = lacking.length > 0;
  };
  return async () => {
    const isFirst = dueAtMs === 0;
    if (Date.now() >= dueAtMs) {
      looking ??= look()
        .catch(() => {
          dueAtMs = Date.now() + LOOK_AGAIN_MS.incomplete; // a server that does not tell is served all the same
        })
        .finally(() => {
          looking = undefined;
        });
      if (isFirst) await looking;
    }
    return known;
  };
}
