import { dirname } from 'node:path';
import type { Files } from './files.js';

/** Replaces a small file so that after a crash either the old or the new content is there, whole. */
export async function replaceFile(files: Files, path: string, bytes: Uint8Array): Promise<void> {
  const fresh = `${path}.new`;
  await files.remove(fresh);
  const file = await files.openAppend(fresh);
  try {
    await file.appendDurably(bytes);
  } finally {
    await file.close();
  }
  await files.rename(fresh, path);
  await files.syncFolder(dirname(path));
}

/** JSON of a small file; undefined when there is none. Throws SyntaxError on damage. */
export async function readJson(files: Files, path: string): Promise<unknown> {
  const bytes = await files.read(path);
  return bytes === undefined ? undefined : JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
}

export async function replaceJson(files: Files, path: string, value: unknown): Promise<void> {
  await replaceFile(files, path, new TextEncoder().encode(`${JSON.stringify(value, null, 1)}\n`));
}
