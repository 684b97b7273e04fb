import { cpSync, existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import * as esbuild from 'esbuild';
import { filesBelow, root } from './files.mjs';

// One JavaScript file for each TypeScript file: types are checked by `npm run check`, not here.
const rooms = ['protocol', 'drivers/sdk', 'drivers', 'gateway', 'simulation', 'electron', 'cli'];
const source = (path) => /\.ts$/.test(path) && !/\.(test|d)\.ts$/.test(path);
const preload = join(root, 'electron/preload.ts');

export async function transpile() {
  let count = 0;
  for (const room of rooms) {
    const folder = join(root, room);
    if (!existsSync(folder)) continue;
    const nested = rooms
      .filter((other) => other !== room && other.startsWith(`${room}/`))
      .map((other) => join(root, other));
    const entryPoints = filesBelow(folder, source).filter(
      (file) => !nested.some((inner) => file.startsWith(`${inner}/`)),
    );
    if (entryPoints.length === 0) continue;
    const common = {
      outdir: join(folder, 'dist'),
      outbase: folder,
      platform: 'node',
      target: 'node20.18',
      sourcemap: true,
      logLevel: 'warning',
    };
    await esbuild.build({ ...common, entryPoints: entryPoints.filter((file) => file !== preload), format: 'esm' });
    // The preload script of a sandboxed window may only require electron: one CommonJS file.
    if (entryPoints.includes(preload)) {
      await esbuild.build({
        ...common,
        entryPoints: [preload],
        format: 'cjs',
        bundle: true,
        external: ['electron'],
        outExtension: { '.js': '.cjs' },
      });
    }
    for (const file of filesBelow(folder, (path) => path.endsWith('.json') && !/package\.json$/.test(path)))
      cpSync(file, join(folder, 'dist', relative(folder, file)));
    count += entryPoints.length;
  }
  const generated = join(root, 'protocol/generated');
  if (existsSync(generated)) cpSync(generated, join(root, 'protocol/dist/generated'), { recursive: true });
  return count;
}
