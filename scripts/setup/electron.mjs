import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const binary =
  { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform] ?? 'electron';

/**
 * The path of an Electron binary, or undefined: from ELECTRON_OVERRIDE_DIST_PATH, from the installed
 * package, or from ../shared/electron/setup where that exists. Nothing is downloaded by us.
 */
export function findElectron() {
  const folders = [process.env.ELECTRON_OVERRIDE_DIST_PATH, join(root, 'node_modules/electron/dist')];
  for (const folder of folders) if (folder && existsSync(join(folder, binary))) return join(folder, binary);
  const setup = join(root, '../shared/electron/setup');
  if (!existsSync(setup)) return undefined;
  try {
    const folder = execFileSync('bash', [setup], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 300_000,
    }).trim();
    return existsSync(join(folder, binary)) ? join(folder, binary) : undefined;
  } catch {
    return undefined;
  }
}

/** Arguments that this machine needs: Chromium's sandbox refuses to run as root. */
export function electronArguments() {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

export function hasDisplay() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/** Version of the application, for messages. */
export function version() {
  return JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
}
