import { parseArgs } from 'node:util';
import { startFakeProviders } from './fake-providers.js';
import { FAULTS } from './faults.js';

const { values } = parseArgs({ options: { port: { type: 'string' }, latency: { type: 'string' } } });
const { url } = await startFakeProviders({ port: Number(values.port ?? 0), latencyMs: Number(values.latency ?? 0) });

console.log(`ready ${url}
  ${url}/NAME/v1 as baseUrl of kind openai, ${url}/NAME of kind huggingface, with any NAME
  GET ${url}/log
  POST ${url}/control {"name": "NAME", "always": "500"} (also: task, script, random, latencyMs)
faults: ${Object.keys(FAULTS).join(' ')}`);
