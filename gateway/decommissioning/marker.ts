import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';
import type { Marker } from './marker-file.js';

const pathOf = (dataFolder: string): string => join(dataFolder, MARKER);
export const MARKER = 'decommissioning.json';

/** Undefined where there is none. A damaged one was never whole, or is not ours: VAULT_BROKEN, nothing is destroyed. */
export async function readMarker(files: Files, dataFolder: string): Promise<Marker | undefined> {
  let value: unknown;
  try {
    value = await readJson(files, pathOf(dataFolder));
  } catch (error) {
    if (error instanceof OneBoxError) throw error;
    throw new OneBoxError('VAULT_BROKEN', MARKER, {}, { cause: error });
  }
  if (value === undefined) return undefined;
  // Schemas take their time: loaded where there is something to check.
  const marker = (await import('./marker-file.js')).checkMarker(value);
  if (marker === undefined) throw new OneBoxError('VAULT_BROKEN', MARKER);
  return marker;
}

/** Durable when it resolves. */
export async function writeMarker(files: Files, dataFolder: string, marker: Marker): Promise<void> {
  await replaceJson(files, pathOf(dataFolder), marker);
}

export async function removeMarker(files: Files, dataFolder: string): Promise<void> {
  await files.remove(pathOf(dataFolder));
  await files.syncFolder(dataFolder);
}
