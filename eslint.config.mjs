import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** What would break the determinism of a workflow, or bypass the one reader of the environment. */
const NODE_IN_WORKFLOWS = 'Workflow code is deterministic: no I/O but through activities.';

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.understudy/', '**/*.cjs'] },
  js.configs.recommended,
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', fetch: 'readonly', URL: 'readonly', Buffer: 'readonly' },
    },
  },
  {
    files: ['**/*.ts', '**/*.cts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
    },
  },
  {
    files: ['**/*.cts'],
    rules: { '@typescript-eslint/no-require-imports': ['error', { allowAsImport: true }] },
  },
  {
    files: ['src/**/*.ts'],
    ignores: ['src/config/config.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'src/config/config.ts is the only reader of the environment.' },
      ],
    },
  },
  {
    files: ['src/workflows/**/*.ts', 'src/domain/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*', 'fs', 'http', 'crypto', 'os', 'path', 'child_process'], message: NODE_IN_WORKFLOWS },
            { group: ['@temporalio/activity', '@temporalio/client', '@temporalio/worker'], message: NODE_IN_WORKFLOWS },
          ],
        },
      ],
      'no-restricted-globals': [
        'error',
        ...['process', 'fetch', 'Buffer', 'setInterval', 'performance'].map((name) => ({
          name,
          message: NODE_IN_WORKFLOWS,
        })),
      ],
    },
  },
);
