import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import type { BundleOptions, WorkerOptions } from '@temporalio/worker';
import { packageFile } from '../package-root.js';

/** Workflows of somebody else that a worker of ours hosts. */
export interface OwnWorkflows {
  /** A file that exports them, in TypeScript or JavaScript. Absolute. */
  workflowsPath: string;
  taskQueue: string;
}

const { resolve: locate } = createRequire(import.meta.url);

/** They are bundled with our copy of Temporal's packages and of `ask`, wherever they and we are installed. */
export function ownWorkflowsOptions({ workflowsPath, taskQueue }: OwnWorkflows) {
  const webpackConfigHook: BundleOptions['webpackConfigHook'] = (config) => ({
    ...config,
    resolve: {
      ...config.resolve,
      modules: [
        ...(config.resolve?.modules ?? ['node_modules']),
        dirname(dirname(dirname(locate('@temporalio/workflow/package.json')))),
      ],
      alias: {
        ...(config.resolve?.alias as Record<string, string | false> | undefined),
        'temporal-understudy/workflow$': packageFile('dist/workflow.js'),
        '@temporalio/workflow$': locate('@temporalio/workflow'),
        '@temporalio/common$': locate('@temporalio/common'),
      },
    },
  });
  return { taskQueue, workflowsPath, bundlerOptions: { webpackConfigHook } } satisfies WorkerOptions;
}
