import type { Client } from '@temporalio/client';
import type { Target } from '../../temporal/connection.js';
import { registeredSearchAttributes } from '../../temporal/telemetry/search-attributes.js';

/** What was looked at, whether it is well, and what to do where it is not. */
export interface Finding {
  subject: string;
  well: boolean;
  remark: string;
  todo?: string;
}

/** Looks at the server itself. */
export async function examineServer(client: Client, { address, namespace }: Target): Promise<Finding[]> {
  const { serverVersion } = await client.workflowService.getSystemInfo({});
  const server = { subject: 'server', well: true, remark: `${address}, version ${serverVersion}` };
  return [server, await checkNamespace(client, namespace), await checkSearchAttributes(client, namespace)];
}

async function checkNamespace(client: Client, namespace: string): Promise<Finding> {
  const subject = `namespace ${namespace}`;
  try {
    await client.workflowService.describeNamespace({ namespace });
    return { subject, well: true, remark: 'exists' };
  } catch {
    // One that is not there ends the connection already; a key may be allowed to work in a namespace, and not to look at it.
    return { subject, well: true, remark: 'the server does not tell' };
  }
}

async function checkSearchAttributes(client: Client, namespace: string): Promise<Finding> {
  const subject = 'search attributes';
  try {
    const { missing, otherwise } = await registeredSearchAttributes(client.connection, namespace);
    if (otherwise.length > 0) {
      const remark = `${otherwise.join(', ')} are of another type; runs do not write them`;
      return { subject, well: false, remark, todo: 'remove them with temporal operator search-attribute remove' };
    }
    if (missing.length === 0) return { subject, well: true, remark: 'all there' };
    const todo = 'runs go without; add them with: npx understudy setup';
    return { subject, well: false, remark: `${missing.join(', ')} missing`, todo };
  } catch {
    return { subject, well: true, remark: 'the server does not tell; runs go without' };
  }
}
