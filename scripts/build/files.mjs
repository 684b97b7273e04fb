import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

/** True when the target is missing or older than one of the sources. */
export function stale(target, sources) {
  if (!existsSync(target)) return true;
  const made = statSync(target).mtimeMs;
  return sources.some((source) => statSync(source).mtimeMs > made);
}

const skip = new Set(['node_modules', 'dist', 'generated']);

/** All files below a folder, without what was built or installed. */
export function filesBelow(folder, accept = () => true) {
  const found = [];
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!skip.has(entry.name)) found.push(...filesBelow(path, accept));
    } else if (accept(path)) found.push(path);
  }
  return found;
}
