import { basename } from 'node:path';
import type { Files } from '../files/files.js';
import { replaceFile } from '../files/replace.js';
import type { OuterSeal } from './vault.js';

/** A small JSON file under the outer seal, where there is one. Undefined when there is none; throws on damage. */
export async function readSealedJson(files: Files, path: string, outer: OuterSeal | undefined): Promise<unknown> {
  const bytes = await files.read(path);
  if (bytes === undefined) return undefined;
  const plain = outer === undefined ? bytes : await outer.unwrap(bytes, basename(path));
  if (plain === undefined) return undefined;
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain));
}

export async function replaceSealedJson(
  files: Files,
  path: string,
  outer: OuterSeal | undefined,
  value: unknown,
): Promise<void> {
  const plain = new TextEncoder().encode(JSON.stringify(value));
  await replaceFile(files, path, outer === undefined ? plain : await outer.wrap(plain, basename(path)));
}
