import { ProviderError, type Objection } from '../provider.js';
import { PLACES, type Place } from './messages.js';

/** How a vendor is told that an answer has to be JSON, from the strictest to what every server takes. */
const STRUCTURED_OUTPUTS = ['json_schema', 'json_object', 'prompt'] as const;
export type StructuredOutput = (typeof STRUCTURED_OUTPUTS)[number];

/** The parts of a chat request that not every server takes. */
export interface Shape {
  format: StructuredOutput;
  place: Place;
  limit: 'max_tokens' | 'max_completion_tokens';
  /** The other name of the limit was tried. */
  limitRenamed: boolean;
  /** Room for thoughts, beyond the answer itself. */
  room: boolean;
  logprobs: boolean;
  effort: boolean;
  store: boolean;
}

/** @returns the request without what the vendor objects to; undefined when there is nothing left to do without */
function without(shape: Shape, objection: Objection): Shape | undefined {
  switch (objection) {
    case 'format': {
      const format = STRUCTURED_OUTPUTS[STRUCTURED_OUTPUTS.indexOf(shape.format) + 1];
      return format && { ...shape, format };
    }
    case 'roles': {
      const place = PLACES[PLACES.indexOf(shape.place) + 1];
      return place && { ...shape, place };
    }
    case 'limit': {
      const limit = shape.limit === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens';
      return shape.limitRenamed ? undefined : { ...shape, limit, limitRenamed: true };
    }
    case 'room':
    case 'logprobs':
    case 'effort':
    case 'store':
      return shape[objection] ? { ...shape, [objection]: false } : undefined;
  }
}

/**
 * Sends a request, and sends it again without what the vendor says that it does not take: such an answer costs nothing.
 * What it does not take is remembered for all later calls.
 * @param first the request as the configuration wants it
 */
export function shapedBy(first: Shape): <T>(send: (shape: Shape) => Promise<T>) => Promise<T> {
  let current = first;
  return async (send) => {
    for (;;) {
      const shape = current;
      try {
        return await send(shape);
      } catch (error) {
        const objection = error instanceof ProviderError ? error.objection : undefined;
        const next = objection && without(shape, objection);
        if (!next) throw error;
        if (current === shape) current = next; // else another call has learned something meanwhile
        if (error instanceof ProviderError && (error.possiblyPaid || error.usage)) throw error; // no bill is hidden
      }
    }
  };
}
