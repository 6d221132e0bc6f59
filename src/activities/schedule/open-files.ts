import { ApplicationFailure } from '@temporalio/common';
import { z } from 'zod';
import { filesOf, type FilesElsewhere, type HostFiles } from '../../domain/schedule/host-files.js';
import { held } from '../../domain/input.js';
import { MAX_SCHEDULE_CHARS, sink, source } from '../../domain/schedule/recurring.js';
import type { Root } from '../files/rooted.js';
import { pathsOf } from './sources/files.js';

/** Whose files a schedule means. */
export const openRequest = held(
  z.strictObject({
    schedule: z.string().max(MAX_SCHEDULE_CHARS),
    source: source(),
    sink: sink(),
    /** No host has a file of results: it is made where this is asked. */
    toBeMade: z.literal(true).exactOptional(),
  }),
);
export type OpenRequest = z.output<ReturnType<typeof openRequest>>;

interface Here {
  root: Root;
  queue: string;
  /** Absent where every worker sees the same files. */
  host?: string;
  otherHosts: () => Promise<string[]>;
  /** Who had them before. */
  known: () => Promise<HostFiles | undefined>;
}

/** Finds out who has the files of a schedule: who had them before, this host, or perhaps another. */
export async function openFiles(request: OpenRequest, here: Here): Promise<HostFiles | FilesElsewhere> {
  const { root, queue, host, otherHosts, known } = here;
  const of = filesOf(request) ?? '';
  const ours = { of, queue, ...(host !== undefined && { host }) };
  if (host === undefined) return ours;
  const before = await known();
  if (before?.of === of) return before;
  const problem = await missing(root, request);
  const elsewhere = problem === undefined || request.toBeMade ? [] : await otherHosts();
  const isHere = elsewhere.length === 0 && (problem === undefined || problem === TO_COME);
  return isHere ? ours : { elsewhere, ...(problem !== undefined && problem !== TO_COME && { problem }) };
}

/** Nothing is here yet, nor need it be. */
const TO_COME = 'to come';

/** @returns what is missing here that another host may have; undefined when all is here */
async function missing(root: Root, { source: from, sink: to }: OpenRequest): Promise<string | undefined> {
  try {
    if (from.kind === 'file') return (await pathsOf(root, from.path)).length === 0 ? TO_COME : undefined;
  } catch (error) {
    if (isMissing(error)) return error.message;
    throw error;
  }
  if (to.kind !== 'file') return undefined;
  return root.look(to.path).then(
    () => undefined,
    () => TO_COME,
  );
}

function isMissing(error: unknown): error is ApplicationFailure {
  return error instanceof ApplicationFailure && error.type === 'InvalidInput';
}
