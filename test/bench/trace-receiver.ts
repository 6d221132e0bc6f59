import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

// Takes traces by OTLP over HTTP, and notices, and reads none of them.
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
}).listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
