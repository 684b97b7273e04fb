import { join } from 'node:path';
import { keptCheckpoints } from '../audit/kept.js';
import { segmentFiles, walkSegment } from '../audit/segment.js';
import type { Files } from '../files/files.js';
import type { NewFolder } from './new-file.js';

/** Name of the file with the C2SP verifier key, in a copy. */
export const KEY_FILE = 'log.vkey';

export interface LogSource {
  readonly files: Files;
  /** Folder of the segments, and the one of the checkpoints kept apart. */
  readonly audit: string;
  readonly vault: string;
  readonly publicKey?: string;
}

/**
 * The log as it is, byte for byte, laid out as in a store: `audit/*.seg`, `vault/checkpoint-*` and the public key.
 * Damage is copied too: it is what is to be shown. Only a record that is being written just now is left out.
 */
export async function copyLog({ files, audit, vault, publicKey }: LogSource, to: NewFolder): Promise<void> {
  const segments = segmentFiles(await files.list(audit));
  // First the checkpoints: what they cover is in the segments already.
  for (const { section, note } of await keptCheckpoints(files, vault))
    await to.write(join('vault', `checkpoint-${String(section).padStart(4, '0')}`), Buffer.from(note));
  for (const file of segments) {
    const bytes = (await files.read(join(audit, file.name))) ?? new Uint8Array();
    const { fault, end } =
      file === segments.at(-1) ? walkSegment(bytes, file, undefined) : { fault: undefined, end: 0 };
    await to.write(join('audit', file.name), fault?.kind === 'cut' ? bytes.subarray(0, end) : bytes);
  }
  if (publicKey !== undefined) await to.write(KEY_FILE, Buffer.from(`${publicKey}\n`));
}
