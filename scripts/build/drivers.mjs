import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as esbuild from 'esbuild';
import { root } from './files.mjs';

const drivers = join(root, 'drivers');

/**
 * Bundles each driver to one script for the sandbox, and writes the index that start-up reads: manifests and
 * hashes. A driver that cannot be built is named and left out, and the build ends with exit code 1.
 */
export async function buildDrivers() {
  const { readManifest } = await import(pathToFileURL(join(drivers, 'sdk/dist/manifest.js')).href);
  const { ambiguity } = await import(pathToFileURL(join(drivers, 'sdk/dist/ambiguity.js')).href);
  const out = join(drivers, 'dist/bundles');
  mkdirSync(out, { recursive: true });
  const problems = [];
  const built = await Promise.all(
    driverFolders().map(async (folder) => {
      try {
        return await buildDriver(folder, readManifest);
      } catch (error) {
        problems.push(...describe(error));
        return undefined;
      }
    }),
  );
  const index = built.filter((driver) => driver !== undefined);
  for (const { drivers: pair, transport, rules } of ambiguity(index.map(({ manifest }) => manifest)))
    problems.push(`drivers ${pair.join(' and ')} claim the same ${transport} device (rules ${rules.join(' and ')})`);

  for (const { code, bundle } of index) writeIfChanged(join(out, bundle), code);
  writeIfChanged(
    join(out, 'index.json'),
    `${JSON.stringify({ format: 'onebox-drivers', version: 1, drivers: index.map(({ code, ...entry }) => entry) })}\n`,
  );
  const kept = new Set(['index.json', ...index.map(({ bundle }) => bundle)]);
  for (const file of readdirSync(out)) if (!kept.has(file)) rmSync(join(out, file));

  for (const problem of problems) console.error(`driver: ${problem}`);
  if (problems.length > 0) process.exitCode = 1;
  return index.length;
}

function driverFolders() {
  return readdirSync(drivers, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(drivers, entry.name, 'manifest.json')))
    .map((entry) => join(drivers, entry.name))
    .sort();
}

/** The tier on the quality scale; undefined for a driver that says nothing of it. */
async function tierOf(folder) {
  if (!existsSync(join(folder, 'quality.json'))) return undefined;
  const { qualityOf } = await import(pathToFileURL(join(root, 'cli/dist/driver/quality.js')).href);
  return qualityOf(folder).tier;
}

async function buildDriver(folder, readManifest) {
  const file = join(folder, 'manifest.json');
  const manifest = readManifest(readFileSync(file, 'utf8'), relative(root, file));
  if (join(drivers, manifest.id) !== folder) throw new Error(`${relative(root, file)} id: the folder has another name`);
  const code = await bundleDriver(join(folder, 'driver.ts'));
  return {
    manifest,
    bundle: `${manifest.id}.js`,
    sha256: createHash('sha256').update(code).digest('hex'),
    bytes: Buffer.byteLength(code),
    tier: await tierOf(folder),
    code,
  };
}

/** One classic script that leaves `onebox_driver.start`, for QuickJS. `entry` exports a driver as its default. */
export async function bundleDriver(entry) {
  return (await bundleWithInputs(entry)).code;
}

/** The script, and the files that are in it (absolute), for a bill of materials. */
export async function bundleWithInputs(entry) {
  const result = await esbuild.build({
    stdin: {
      contents: `import driver from ${JSON.stringify(entry)};\nimport { sandboxGuest } from '@onebox/driver-sdk/sandbox-guest.js';\nexport const start = sandboxGuest(driver);\n`,
      resolveDir: drivers,
      sourcefile: 'sandbox-entry.js',
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: 'onebox_driver',
    platform: 'neutral',
    target: 'es2020',
    conditions: ['onebox-source', 'import', 'module', 'default'],
    mainFields: ['module', 'main'],
    // A maker's folder may stand outside this checkout.
    nodePaths: [join(root, 'node_modules')],
    minifyWhitespace: true,
    legalComments: 'none',
    charset: 'utf8',
    logLevel: 'silent',
    plugins: [pure],
  });
  const [output] = Object.values(result.metafile.outputs);
  const used = Object.entries(output.inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0);
  const inputs = used.map(([path]) => resolve(path)).filter((path) => existsSync(path));
  return { code: result.outputFiles[0].text, inputs };
}

/** No Node in the sandbox, and the small half of the generated messages. */
const pure = {
  name: 'pure',
  setup(build) {
    const builtin = new Set(builtinModules);
    build.onResolve({ filter: /^(?:node:|[a-z_/0-9]+$)/ }, ({ path, importer }) => {
      if (!path.startsWith('node:') && !builtin.has(path)) return undefined;
      return {
        errors: [{ text: `${relative(root, importer)} imports ${path}: there is no Node in the sandbox of a driver` }],
      };
    });
    build.onResolve({ filter: /generated\/onebox\.js$/ }, () => ({ path: join(root, 'protocol/generated/wire.js') }));
  },
};

function describe(error) {
  if (Array.isArray(error?.errors))
    return error.errors.map(({ text, location }) => (location ? `${location.file}:${location.line} ${text}` : text));
  return [error?.detail || error?.message || String(error)];
}

function writeIfChanged(file, text) {
  if (!existsSync(file) || readFileSync(file, 'utf8') !== text) writeFileSync(file, text);
}
