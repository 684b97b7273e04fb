import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as esbuild from 'esbuild';
import { root, stale } from './files.mjs';

/**
 * The program of the sandbox process: one file and the QuickJS machine beside it, in a folder of its own, so
 * that the process needs to read nothing else and starts quickly.
 */
export async function buildSandbox() {
  const out = join(root, 'gateway/dist/sandbox');
  const source = join(root, 'gateway/driver-host');
  mkdirSync(out, { recursive: true });
  await esbuild.build({
    entryPoints: [join(source, 'sandbox-main.ts')],
    outfile: join(out, 'sandbox.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    conditions: ['onebox-source', 'import'],
    minifyWhitespace: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  const variant = dirname(createRequire(import.meta.url).resolve('@jitl/quickjs-wasmfile-release-sync'));
  const machine = join(out, 'emscripten-module.wasm');
  if (stale(machine, [join(variant, 'emscripten-module.wasm')]))
    copyFileSync(join(variant, 'emscripten-module.wasm'), machine);
}
