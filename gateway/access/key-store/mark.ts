import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Files } from '../../files/files.js';
import { readJson, replaceJson } from '../../files/replace.js';

/**
 * Says that files of the vault are sealed, by what, and how they open without it. Holds no name and nothing
 * that a PIN opens: the vault in it knows only the recovery words, which nobody tries out (128 bits).
 */
export interface SealMark {
  readonly format: 1;
  /** The store's name. */
  readonly store: string;
  /** The key of the seal, protected by the store; Base64. */
  readonly key: string;
  readonly rescue: {
    /** A vault file with the recovery words as its only opener. */
    readonly vault: unknown;
    /** The key of the seal, wrapped by that vault; Base64. */
    readonly key: string;
  };
}

const NAME = 'seal.json';

/** Undefined when the vault was never sealed. Throws VAULT_BROKEN. */
export async function readMark(files: Files, folder: string): Promise<SealMark | undefined> {
  let mark: unknown;
  try {
    mark = await readJson(files, join(folder, NAME));
  } catch (error) {
    throw error instanceof OneBoxError ? error : new OneBoxError('VAULT_BROKEN', 'seal', {}, { cause: error });
  }
  if (mark !== undefined && !isMark(mark)) throw new OneBoxError('VAULT_BROKEN', 'seal');
  return mark;
}

/** Name of the store that seals the vault in this folder; undefined when none does. Throws VAULT_BROKEN. */
export async function keyStoreOf(files: Files, folder: string): Promise<string | undefined> {
  return (await readMark(files, folder))?.store;
}

export function writeMark(files: Files, folder: string, mark: SealMark): Promise<void> {
  return replaceJson(files, join(folder, NAME), mark);
}

export async function removeMark(files: Files, folder: string): Promise<void> {
  await files.remove(join(folder, NAME));
  await files.syncFolder(folder);
}

function isMark(value: unknown): value is SealMark {
  if (typeof value !== 'object' || value === null) return false;
  const { format, store, key, rescue } = value as Partial<Record<keyof SealMark, unknown>>;
  return (
    format === 1 &&
    typeof store === 'string' &&
    typeof key === 'string' &&
    typeof rescue === 'object' &&
    rescue !== null &&
    'vault' in rescue &&
    'key' in rescue &&
    typeof rescue.key === 'string'
  );
}
