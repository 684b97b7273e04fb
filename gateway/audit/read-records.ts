import { join } from 'node:path';
import type { v1 } from '@onebox/protocol/audit-messages.js';
import type { Files } from '../files/files.js';
import { segmentFiles, walkSegment } from './segment.js';

export interface RecordQuery {
  /** Hex. */
  readonly accessId?: string;
  /** Index of the first record that may be answered. */
  readonly from?: number;
  readonly limit?: number;
}

/** The sound records of the log in a folder, oldest first. */
export async function readRecords(files: Files, folder: string, query: RecordQuery = {}): Promise<v1.AuditRecord[]> {
  const { accessId, from = 0, limit = Number.POSITIVE_INFINITY } = query;
  const found: v1.AuditRecord[] = [];
  for (const file of segmentFiles(await files.list(folder))) {
    const bytes = (await files.read(join(folder, file.name))) ?? new Uint8Array();
    // Most segments hold nothing of one access: they are not taken apart.
    if (accessId !== undefined && !holds(bytes, accessId)) continue;
    walkSegment(bytes, file, undefined, {
      record: (record) => {
        const wanted =
          record.index >= from && (accessId === undefined || Buffer.from(record.accessId).toString('hex') === accessId);
        if (wanted && found.length < limit) found.push(record);
      },
    });
    if (found.length >= limit) break;
  }
  return found;
}

const holds = ({ buffer, byteOffset, byteLength }: Uint8Array, accessId: string): boolean =>
  Buffer.from(buffer, byteOffset, byteLength).includes(Buffer.from(accessId, 'hex'));
