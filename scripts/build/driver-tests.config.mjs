import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './files.mjs';

/**
 * How the unit tests of a driver's folder run, wherever the folder is (`--root`): packages are those of this checkout.
 * Nothing is written into the folder.
 */
export default {
  cacheDir: join(tmpdir(), 'onebox-driver-tests'),
  resolve: { conditions: ['import', 'module', 'default'] },
  plugins: [
    {
      name: 'checkout',
      enforce: 'pre',
      /** A package that is not beside the folder, e.g. fast-check. */
      resolveId(id, importer) {
        const bare = /^(?:@[\w.-]+\/)?[\w-][\w./-]*$/.test(id) && !id.startsWith('node:');
        if (!bare || !importer || importer.startsWith(root)) return undefined;
        return this.resolve(id, join(root, 'cli/package.json'), { skipSelf: true });
      },
    },
  ],
  test: {
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 20_000,
    watch: false,
    includeTaskLocation: true,
  },
};
