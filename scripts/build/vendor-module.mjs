import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';

const resolver = createRequire(import.meta.url);

/**
 * One module of a driver's folder (simulator, cases, driver) as a script for this process, wherever the folder is.
 * Rooms of OneBox stay outside, by their absolute URL: their classes are those of the running command.
 */
export async function bundleForTools(entry) {
  const result = await esbuild.build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node20.18',
    logLevel: 'silent',
    sourcemap: 'inline',
    plugins: [rooms],
  });
  return result.outputFiles[0].text;
}

const rooms = {
  name: 'rooms',
  setup(build) {
    build.onResolve({ filter: /^@onebox\// }, ({ path }) => {
      try {
        return { path: pathToFileURL(resolver.resolve(path)).href, external: true };
      } catch {
        return { errors: [{ text: `there is no ${path}` }] };
      }
    });
  },
};
