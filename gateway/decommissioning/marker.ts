import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import * as z from 'zod';
import type { Files } from '../files/files.js';
import { readJson, replaceJson } from '../files/replace.js';

/** Stands in the data folder from before the tablet is decommissioned until nothing is left to be destroyed. */
const markerFile = z.strictObject({
  format: z.literal('onebox-decommissioning'),
  version: z.literal(1),
  /** Prepared: it counts only when the log says so. Committed: the receipt is written, and all goes. */
  stage: z.enum(['prepared', 'committed']),
  /** Id of the log, in hex. */
  log: z.string().regex(/^[0-9a-f]{16}$/),
  /** C2SP verifier key of the log. */
  key: z.string().max(300),
  /** Records that the log had before it. */
  entries: z.int().min(0),
});
export type Marker = z.output<typeof markerFile>;

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
  const result = markerFile.safeParse(value);
  if (!result.success) throw new OneBoxError('VAULT_BROKEN', MARKER);
  return result.data;
}

/** Durable when it resolves. */
export async function writeMarker(files: Files, dataFolder: string, marker: Marker): Promise<void> {
  await replaceJson(files, pathOf(dataFolder), marker);
}

export async function removeMarker(files: Files, dataFolder: string): Promise<void> {
  await files.remove(pathOf(dataFolder));
  await files.syncFolder(dataFolder);
}
