import { z } from 'zod';
import { held, MAX_PATH_CHARS, parsedAs } from '../input.js';
import { isObject } from '../parsed.js';
import { batchInput, type BatchMemo } from './batch.js';
import { tally } from './tally.js';

const MAX_TIME_CHARS = 40;

const path = z.string().max(MAX_PATH_CHARS);
const time = z
  .string()
  .max(MAX_TIME_CHARS)
  .refine((text) => !Number.isNaN(Date.parse(text)));

const progress = held(
  z.looseObject({
    input: path,
    output: path,
    startedAt: time,
    endedAt: time.exactOptional(),
    total: z.int().min(0).exactOptional(),
    tally: tally(),
    host: path.exactOptional(),
    filesQueue: path.exactOptional(),
  }),
);

/** Reads how far a batch is from the memo of its workflow. @returns nothing for what is not ours, or not there yet */
export function batchMemoIn(memo: Readonly<Record<string, unknown>>): Partial<BatchMemo> {
  const told = isObject(memo.batch) ? memo.batch : {};
  const input = parsedAs(batchInput, told.input);
  const status = parsedAs(progress, told.status);
  return { ...('value' in input && { input: input.value }), ...('value' in status && { status: status.value }) };
}
