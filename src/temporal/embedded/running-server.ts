import { Connection } from '@temporalio/client';
import { once } from 'node:events';
import { connect } from 'node:net';

const ANSWER_LIMIT_MS = 500;

/**
 * Whether a Temporal server answers at `host:port`, without TLS, and knows these namespaces. Says no at once when the port
 * refuses, and after half a second when something else listens there.
 */
export async function runningServerAt(address: string, namespaces: readonly string[] = []): Promise<boolean> {
  if (!(await acceptsConnections(address))) return false; // gRPC would go on trying a port that refuses
  const connection = Connection.lazy({ address, connectTimeout: ANSWER_LIMIT_MS });
  try {
    await connection.ensureConnected();
    for (const namespace of namespaces) await connection.workflowService.describeNamespace({ namespace });
    return true;
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

async function acceptsConnections(address: string): Promise<boolean> {
  const { hostname, port } = new URL(`tcp://${address}`);
  const socket = connect({ host: hostname, port: Number(port), timeout: ANSWER_LIMIT_MS });
  try {
    await Promise.race([
      once(socket, 'connect'),
      once(socket, 'timeout').then(() => Promise.reject(new Error('no answer'))),
    ]);
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
