import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '../..');

/** Installs the locked packages when what is installed is not what the lock file says. No scripts run, nothing else is downloaded. Ends the process when they cannot be had. */
export function ensureDependencies() {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (existsSync(installed) && sameLock(installed)) return;
  console.error('Installing the locked packages ...');
  const { status } = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return;
  console.error('The packages could not be installed; what npm says about it stands above.');
  console.error('Setting up needs the package registry, once. When it can be reached, run the same command again.');
  process.exit(1);
}

/** True when every package that is not optional stands in both locks with the same version. */
function sameLock(installedFile) {
  const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const wanted = read(join(root, 'package-lock.json'));
  const installed = read(installedFile);
  return Object.entries(wanted).every(
    ([path, entry]) =>
      !path.startsWith('node_modules/') || entry.optional || entry.link || installed[path]?.version === entry.version,
  );
}

/** Builds what is stale. */
export async function ensureBuild() {
  const { build } = await import(pathToFileURL(join(root, 'scripts/build/all.mjs')).href);
  await build();
}
