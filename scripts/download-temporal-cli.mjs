// A process of its own, so that it can be killed: the SDK's download knows no time limit, and its runtime is a singleton.
import { TestWorkflowEnvironment } from '@temporalio/testing';

const [downloadDir, version] = process.argv.slice(2);
const executable = { type: 'cached-download', downloadDir, version };
try {
  const server = await TestWorkflowEnvironment.createLocal({ server: { executable } }); // it downloads only to start
  await server.teardown();
} catch (error) {
  console.error(error.message.split('): ').at(-1)); // the innermost cause, without the addresses around it
  process.exitCode = 1;
}
