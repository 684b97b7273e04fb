import { join } from 'node:path';
import { describe } from 'vitest';

export const ROOT = join(import.meta.dirname, '../..');

// What this machine can do, as scripts/test.mjs found it.
export const ELECTRON = process.env.ONEBOX_CAN_ELECTRON ?? '';
export const CHROMIUM = process.env.ONEBOX_CAN_CHROMIUM ?? '';
const display = process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** Why there can be no real window here, or undefined. */
export const noWindow = ELECTRON === '' ? 'no Electron runtime' : display ? undefined : 'no display';
export const noBrowser = CHROMIUM === '' ? 'no Chromium' : undefined;

/** Tests that need something of the machine; without it they are skipped, and their name says why. */
export function lane(name: string, missing: string | undefined, tests: () => void): void {
  if (missing === undefined) describe(name, tests);
  else describe.skip(`${name} (skipped: ${missing})`, tests);
}

/** Chromium's sandbox refuses to run as root. */
export const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
