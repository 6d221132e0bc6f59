import { once } from 'node:events';
import { createServer } from 'node:net';

/** Why nobody can listen at an address now, like `EADDRINUSE`; undefined when one can. */
export async function portTaker(address: string): Promise<string | undefined> {
  const at = address.lastIndexOf(':');
  const host = address.slice(0, at).replace(/^\[|\]$/g, '');
  const server = createServer().listen(Number(address.slice(at + 1)), host);
  try {
    await once(server, 'listening');
    return undefined;
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  } finally {
    if (server.listening) await once(server.close(), 'close');
  }
}
