import { defineConfig } from 'vitest/config';

// Tests run on the TypeScript sources (export condition "onebox-source"); processes that they start run on dist.
export default defineConfig({
  ssr: {
    resolve: {
      conditions: ['onebox-source', 'node', 'import', 'module', 'default'],
      externalConditions: ['node', 'import', 'default'],
    },
  },
  resolve: { conditions: ['onebox-source', 'import', 'module', 'default'] },
  test: {
    pool: 'forks',
    maxWorkers: 2,
    // Reads of simulated devices mostly wait.
    maxConcurrency: 24,
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [
            '{protocol,drivers,gateway,simulation,electron,renderer,cli}/**/*.test.{ts,tsx}',
            'test/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**', 'test/e2e/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
