import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './files.mjs';

/** Builds the user interface to renderer/dist/app. */
export async function buildRenderer() {
  const config = join(root, 'renderer/vite.config.ts');
  if (!existsSync(config)) return;
  const { build } = await import('vite');
  await build({ configFile: config, root: join(root, 'renderer'), logLevel: 'warn' });
}
