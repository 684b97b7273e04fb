import { readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './files.mjs';

/**
 * The main process as one script and a few parts, over what `transpile` left: some 150 modules read one by one took
 * a third of the start. Packages that are loaded when they are needed (noble, serialport ...) stay outside.
 */
export async function buildElectron() {
  const out = join(root, 'electron/dist');
  const parts = join(out, 'main');
  const { metafile } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [join(root, 'electron/main.ts')],
    outdir: out,
    chunkNames: 'main/[hash]',
    bundle: true,
    splitting: true,
    metafile: true,
    platform: 'node',
    target: 'node20.18',
    format: 'esm',
    conditions: ['onebox-source', 'module', 'import', 'default'],
    // Modules, so that what is not used of a package stays out.
    mainFields: ['module', 'main'],
    plugins: [lazyBuiltins, noLong],
    // For packages of the older kind inside.
    banner: {
      js: "import { createRequire as requireOfBundle } from 'node:module'; const require = requireOfBundle(import.meta.url);",
    },
    minify: true,
    sourcemap: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const name of readdirSync(parts)) if (!made.has(name)) rmSync(join(parts, name));
}

/**
 * `import` of Electron or of a part of Node reads every name that it has, and makes what stands behind each;
 * `require` makes only what is used.
 */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup(build) {
    build.onResolve({ filter: /^(?:electron$|node:)/ }, ({ path, kind, namespace }) =>
      namespace === 'lazy' || kind === 'require-call' ? { path, external: true } : { path, namespace: 'lazy' },
    );
    build.onLoad({ filter: /./, namespace: 'lazy' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};

/** 64-bit integers are JavaScript's own here (protocol/numbers.ts); this package would compile WebAssembly for them. */
const noLong = {
  name: 'no-long',
  setup(build) {
    build.onResolve({ filter: /^long$/ }, ({ path }) => ({ path, namespace: 'no-long' }));
    build.onLoad({ filter: /./, namespace: 'no-long' }, () => ({ contents: 'module.exports = undefined;' }));
  },
};
