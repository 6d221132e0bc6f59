// A webhook receiver: checks the signature (https://www.standardwebhooks.com) and prints each result once.
//   HOOK_SECRET='a long secret' node receive.mjs 8099
import { Buffer } from 'node:buffer';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';

const OLDEST_MS = 5 * 60_000;
const seen = new Set(); // a real receiver keeps it where a restart does not lose it

createServer(async (request, response) => {
  const body = await text(request);
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature = '' } = request.headers;
  const digest = createHmac('sha256', process.env.HOOK_SECRET).update(`${id}.${at}.${body}`).digest('base64');
  const [expected, given] = [Buffer.from(`v1,${digest}`), Buffer.from(signature)];
  const genuine = expected.length === given.length && timingSafeEqual(expected, given);
  const fresh = Math.abs(Date.now() - Number(at) * 1_000) < OLDEST_MS;
  if (!genuine || !fresh) return response.writeHead(401).end();
  if (!seen.has(id)) console.log(body);
  seen.add(id);
  response.writeHead(204).end();
}).listen(Number(process.argv[2]), '127.0.0.1');
