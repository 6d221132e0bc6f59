import { isGrpcServiceError } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { connectOperator, targetFromEnvironment } from '../../temporal/connection.js';
import { SEARCH_ATTRIBUTES } from '../../domain/telemetry/search-attributes.js';
import {
  registeredSearchAttributes,
  registerSearchAttributes,
  type Operated,
} from '../../temporal/telemetry/search-attributes.js';
import { print, say } from '../terminal/say.js';

/** Codes of gRPC: there is no such namespace; and what a server says that lets nobody do this. */
const ABSENT = [5];
const REFUSALS = [7, 12, 16];
const RETENTION_MS = 7 * 86_400_000;
const KNOWN_WITHIN_MS = 15_000;
const LOOK_EVERY_MS = 200;

/** Makes the namespace and the search attributes that are not there. @returns the exit code */
export async function setUpServer(): Promise<number> {
  const target = targetFromEnvironment();
  const { namespace, address } = target;
  const connection = await connectOperator(target);
  const { workflowService } = connection;
  try {
    await workflowService.describeNamespace({ namespace });
    print(`namespace ${namespace}: exists`);
  } catch (error) {
    if (!isGrpcServiceError(error) || !ABSENT.includes(error.code)) throw error;
    await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs(RETENTION_MS) });
    print(`namespace ${namespace}: created, with a retention of 7 days`);
  }
  try {
    return await addAttributes(connection, namespace);
  } catch (error) {
    if (!isGrpcServiceError(error) || !REFUSALS.includes(error.code)) throw error;
    say(`${address} lets nobody add search attributes this way (${error.details}); on Temporal Cloud:`);
    const each = Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => ` --sa "${name}=${type}"`);
    say(`tcld namespace search-attributes add --namespace ${namespace}${each.join('')}`);
    return 1;
  }
}

async function addAttributes(connection: Operated, namespace: string): Promise<number> {
  await untilKnown(connection, namespace);
  const before = await registeredSearchAttributes(connection, namespace);
  const after = await registerSearchAttributes(connection, namespace);
  for (const name of after.there) print(`${name}: ${before.there.includes(name) ? 'exists' : 'added'}`);
  for (const name of after.otherwise) say(`${name}: has another type than ${SEARCH_ATTRIBUTES[name]}; remove it first`);
  for (const name of after.missing) say(`${name}: could not be added; has the store room for one more of its type?`);
  return after.otherwise.length + after.missing.length === 0 ? 0 : 1;
}

/** A server's parts learn of a new namespace one by one. */
async function untilKnown(connection: Operated, namespace: string): Promise<void> {
  const giveUpAtMs = Date.now() + KNOWN_WITHIN_MS;
  for (;;) {
    try {
      await registeredSearchAttributes(connection, namespace);
      return;
    } catch (error) {
      if (!isGrpcServiceError(error) || !ABSENT.includes(error.code) || Date.now() > giveUpAtMs) throw error;
      await sleep(LOOK_EVERY_MS);
    }
  }
}
