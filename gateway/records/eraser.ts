import { join } from 'node:path';
import type { Timeline } from '../files/clock.js';
import type { Files } from '../files/files.js';
import type { Cause } from './causes.js';
import { type Grave, KeyFile, type RecordEntry } from './key-file.js';
import { ageSince, KEEP_MS } from './lifetime.js';

export const SUFFIX = '.sealed';

/**
 * Destroys records. In this order, so that after a loss of power nothing is believed erased that is not, and nothing
 * is erased without being said: one new generation of the keys without theirs but with a grave for each, the old
 * generation destroyed, the files removed, the log, and only then the graves are gone.
 */
export class Eraser {
  constructor(
    private readonly files: Files,
    private readonly folder: string,
    private readonly keys: KeyFile,
  ) {}

  /** From here on nothing opens them. `rest`: the other entries, as they are to stand. Throws STORE_DENIED. */
  async destroyKeys(
    entries: readonly RecordEntry[],
    cause: Cause,
    ageOf: (entry: RecordEntry) => number,
    rest: readonly RecordEntry[] = this.keys.entries,
  ): Promise<void> {
    // What an earlier change could not destroy can be found until it is.
    await this.keys.destroyStale();
    if (entries.length === 0) return;
    const graves: Grave[] = [];
    for (const entry of entries) {
      const { recordId, accessId } = entry;
      const bytes = (await this.files.read(this.path(recordId)))?.length ?? 0;
      const age = ageOf(entry);
      // Of one whose clock was set back it is known only how old it was before.
      const ageMinutes = Math.round((Number.isFinite(age) ? age : entry.seen.ageMs) / 60_000);
      graves.push({ recordId, accessId, cause, bytes, ageMinutes });
    }
    const gone = new Set(entries.map(({ recordId }) => recordId));
    await this.keys.replace(
      rest.filter(({ recordId }) => !gone.has(recordId)),
      [...this.keys.graves, ...graves],
    );
  }

  /** Removes the files of all graves, durably. */
  async removeFiles(): Promise<void> {
    const { graves } = this.keys;
    if (graves.length === 0) return;
    for (const { recordId } of graves) if (recordId !== undefined) await this.files.remove(this.path(recordId));
    await this.files.syncFolder(this.folder);
  }

  /** Finishes all graves: the files, then what `say` says of each, then the graves themselves. */
  async bury(say: (grave: Grave) => Promise<void>): Promise<void> {
    const { graves } = this.keys;
    if (graves.length === 0) return;
    await this.removeFiles();
    const said = new Set<Grave>();
    try {
      for (const grave of graves) {
        await say(grave);
        said.add(grave);
      }
    } finally {
      if (said.size > 0)
        await this.keys.replace(
          this.keys.entries,
          this.keys.graves.filter((grave) => !said.has(grave)),
        );
    }
  }

  private path(recordId: string): string {
    return join(this.folder, `${recordId}${SUFFIX}`);
  }
}

/**
 * At the start of the program, before anything else of the store is opened: what is older than 24 h is gone, also when
 * the log cannot be written. The log says it when the records are opened. Throws STORE_DENIED.
 */
export async function eraseOverdue(files: Files, folder: string, now: Timeline): Promise<void> {
  const keys = await KeyFile.load(files, folder);
  const ageOf = ({ seen }: RecordEntry) => ageSince(seen, now);
  const eraser = new Eraser(files, folder, keys);
  await eraser.destroyKeys(
    keys.entries.filter((entry) => ageOf(entry) >= KEEP_MS),
    'due',
    ageOf,
  );
  await eraser.removeFiles();
}
