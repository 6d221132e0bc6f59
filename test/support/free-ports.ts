import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** @returns two ports of the loopback interface that nobody listens on at the moment */
export async function freePorts(): Promise<[number, number]> {
  const first = createServer().listen(0, '127.0.0.1');
  const second = createServer().listen(0, '127.0.0.1');
  await Promise.all([once(first, 'listening'), once(second, 'listening')]);
  const [{ port: firstPort }, { port: secondPort }] = [first.address() as AddressInfo, second.address() as AddressInfo];
  await Promise.all([once(first.close(), 'close'), once(second.close(), 'close')]);
  return [firstPort, secondPort];
}
