// The workflows of ../triage in a worker of one's own: one import and one line more than without failover.
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { UnderstudyPlugin } from 'temporal-understudy';

Runtime.install({ logger: new DefaultLogger('WARN'), workerHeartbeatInterval: '2s' });
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address: process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233' }),
  namespace: process.env.TEMPORAL_NAMESPACE ?? 'default',
  taskQueue: 'mine',
  workflowsPath: here('../triage/workflows.ts'),
  plugins: [new UnderstudyPlugin({ config: process.env.UNDERSTUDY_CONFIG ?? here('../triage/understudy.yaml') })],
});
console.log('ready: the workflows of ../triage on the task queue mine');
await worker.run();
