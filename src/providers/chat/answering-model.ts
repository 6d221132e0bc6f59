import { z } from 'zod';
import { printable } from '../../domain/text.js';
import { MESSAGE_RUN, withoutSecrets } from '../wire/secrets.js';

const MAX_MODEL_CHARS = 200;
const Named = z.object({ model: z.string().min(1).max(MAX_MODEL_CHARS) });

/** Which model an answer says that it is from. Often a dated one, where an alias was asked for. */
export function answeringModelIn(body: unknown, secrets: readonly string[]): { model?: string } {
  const { data } = Named.safeParse(body);
  return data ? { model: withoutSecrets(printable(data.model), secrets, MESSAGE_RUN) } : {};
}
