import { join } from 'node:path';
import { PinVault } from '../../access/pin-vault.js';
import { HandClock } from '../../access/test-world.js';
import type { KeyVault } from '../../access/vault.js';
import { EVENTS } from '../../audit/events.js';
import { AuditLog } from '../../audit/log.js';
import { readRecords } from '../../audit/read-records.js';
import type { Timeline } from '../../files/clock.js';
import type { Files } from '../../files/files.js';
import { PowerDisk } from '../../files/testing/power-disk.js';
import { eraseOverdue } from '../eraser.js';
import { RecordStore } from '../store.js';

export const AUDIT = join('/', 'store', 'audit');
export const KEPT = join('/', 'store', 'vault');
export const RECORDS = join('/', 'store', 'records');

/** For tests: an open vault with a key of its own, on a disk of its own. */
export async function openVault(): Promise<KeyVault> {
  const vault = await PinVault.load({
    folder: join('/', 'elsewhere'),
    files: new PowerDisk(),
    cost: { memoryKiB: 64, iterations: 1 },
  });
  await vault.create('somebody', '402817', 'log.example', () => Promise.resolve());
  return vault;
}

/** What one run of the program has open. */
export interface Run {
  readonly audit: AuditLog;
  readonly records: RecordStore;
}

/** Starts as the program does: first what is over, then the log, then the records. */
export async function startRecords(
  files: Files,
  vault: KeyVault,
  { clock, boot }: Timeline = { clock: new HandClock(), boot: 'first' },
): Promise<Run> {
  await eraseOverdue(files, RECORDS, { clock, boot });
  const audit = await AuditLog.open({ folder: AUDIT, keptFolder: KEPT, files, clock });
  return { audit, records: await RecordStore.open({ folder: RECORDS, files, vault, audit, clock, boot }) };
}

/** How often the log on a disk says of each record that it is gone. */
export async function erasures(files: Files): Promise<Map<string, number>> {
  const said = new Map<string, number>();
  for (const { event, sessionId } of await readRecords(files, AUDIT)) {
    if (event !== EVENTS.recordErased.number) continue;
    const recordId = Buffer.from(sessionId).toString('hex');
    said.set(recordId, (said.get(recordId) ?? 0) + 1);
  }
  return said;
}
