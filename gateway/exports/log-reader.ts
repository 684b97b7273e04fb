import { join } from 'node:path';
import type { v1 } from '@onebox/protocol/audit-messages.js';
import { segmentFiles, walkSegment } from '../audit/segment.js';
import type { Files } from '../files/files.js';
import { entryOf, practiceBoot, type TrailEntry } from './entry.js';

/** The log of a folder as it was when it had `size` records; one segment is in memory at a time. */
export interface LogView {
  readonly files: Files;
  /** Folder of the segments. */
  readonly folder: string;
  readonly size: number;
}

/** All sound records as entries, oldest first, in batches. */
export async function* trailOf(view: LogView): AsyncGenerator<readonly TrailEntry[]> {
  const practice = await practiceBoots(view);
  for await (const records of recordsOf(view)) yield records.map((record) => entryOf(record, practice));
}

/** A run says at its start that its devices are simulated, but records of a recovery stand before that. */
async function practiceBoots(view: LogView): Promise<ReadonlySet<string>> {
  const boots = new Set<string>();
  for await (const records of recordsOf(view))
    for (const record of records) {
      const boot = practiceBoot(record);
      if (boot !== undefined) boots.add(boot);
    }
  return boots;
}

async function* recordsOf({ files, folder, size }: LogView): AsyncGenerator<readonly v1.AuditRecord[]> {
  for (const file of segmentFiles(await files.list(folder))) {
    const bytes = (await files.read(join(folder, file.name))) ?? new Uint8Array();
    const records: v1.AuditRecord[] = [];
    walkSegment(bytes, file, undefined, {
      record: (record) => {
        if (record.index < size) records.push(record);
      },
    });
    yield records;
  }
}
