import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { findElectron } from './electron.mjs';

const root = join(import.meta.dirname, '../..');

// What some tests need beyond the packages: how it is found, and what Debian calls it.
const TOOLS = {
  chromium: {
    commands: ['chromium', 'chromium-browser', 'google-chrome'],
    debian: ['chromium'],
    lane: 'the user interface in Chromium',
  },
  xvfb: { commands: ['xvfb-run'], debian: ['xvfb', 'xauth'], lane: 'a real window without a display' },
  btvirt: {
    commands: ['btvirt'],
    debian: ['bluez-test-tools'],
    lane: "the link contract on BlueZ's own controller emulator",
  },
  keyring: {
    commands: ['gnome-keyring-daemon'],
    debian: ['gnome-keyring', 'dbus'],
    lane: 'the keys sealed by a real secret store',
  },
  softhsm: { commands: ['softhsm2-util'], debian: ['softhsm2', 'openssl'], lane: 'smart cards on SoftHSM' },
  pkcs11: { commands: ['pkcs11-tool'], debian: ['opensc'], lane: 'smart cards on SoftHSM' },
  gcc: {
    commands: ['gcc', 'cc'],
    debian: ['gcc', 'libc6-dev'],
    lane: "the link contract on BlueZ's own controller emulator",
  },
};

/** Path of the first of these commands, or undefined. */
export function which(...commands) {
  for (const command of commands) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      if (folder && existsSync(join(folder, command))) return join(folder, command);
    }
  }
  return undefined;
}

/** Installs missing test tools with apt where that is possible without asking: Debian, as root. */
export function installTools() {
  const missing = Object.values(TOOLS)
    .filter(({ commands }) => !which(...commands))
    .flatMap(({ debian }) => debian);
  if (missing.length === 0) return;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !which('apt-get')) {
    console.error(`Some tests need packages that are not here: ${missing.join(', ')}.`);
    return;
  }
  console.error(`Installing test tools: ${missing.join(', ')} ...`);
  const run = (...args) =>
    spawnSync('apt-get', args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
  run('update', '-qq');
  run('install', '-y', '-qq', '--no-install-recommends', ...missing);
}

/**
 * What can be tested here: a map of capability to path or '' , and for each missing one the lane that
 * cannot run and whether that is a surprise.
 */
export function capabilities() {
  const found = {};
  const missing = [];
  const lack = (name, lane, unexpected) => missing.push({ name, lane, unexpected });
  const debianRoot = process.platform === 'linux' && process.getuid?.() === 0 && Boolean(which('apt-get'));
  for (const [name, { commands, lane }] of Object.entries(TOOLS)) {
    found[name] = which(...commands) ?? '';
    if (!found[name] && !(name === 'xvfb' && (process.env.DISPLAY || process.platform !== 'linux')))
      lack(name, lane, debianRoot);
  }
  found.electron = findElectron() ?? '';
  if (!found.electron) lack('electron', 'the real Electron window', existsSync(join(root, '../shared/electron/setup')));
  found.shared = existsSync(join(root, '../shared/device-data')) ? join(root, '../shared') : '';
  if (!found.shared) lack('shared', 'device data and vectors of others (../shared)', false);
  return { found, missing };
}

/** Environment for the tests: ONEBOX_CAN_ELECTRON=/path ... */
export function testEnvironment(found) {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [`ONEBOX_CAN_${name.toUpperCase()}`, value]));
}

export function commitId() {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return 'unknown';
  }
}
