import { join } from 'node:path';
import { AccessControl } from './access/access.js';
import { People } from './access/people.js';
import { PinVault } from './access/pin-vault.js';
import { TryCounter } from './access/tries.js';
import { keptCheckpoints } from './audit/kept.js';
import { AuditLog } from './audit/log.js';
import { type AuditVerification, type VerifyOptions, verifyAudit } from './audit/verify.js';
import { systemClock } from './files/clock.js';
import { Disk } from './files/disk.js';
import { RecordStore } from './records/store.js';

/** All that one tablet keeps, opened: the log, the people and their accesses, what was read. */
export interface Store {
  readonly audit: AuditLog;
  readonly access: AccessControl;
  readonly records: RecordStore;
  close(): Promise<void>;
}

const folders = (dataFolder: string) => ({
  audit: join(dataFolder, 'audit'),
  // Apart from the log: whoever cuts one must find the other too.
  vault: join(dataFolder, 'vault'),
  records: join(dataFolder, 'records'),
});

/** Opens or begins a store. Throws STORE_BUSY, STORE_DENIED, VAULT_BROKEN, AUDIT_WRITE. */
export async function openStore(dataFolder: string): Promise<Store> {
  const files = new Disk();
  const clock = systemClock;
  const at = folders(dataFolder);
  await files.makeFolder(dataFolder);
  const unlock = await files.lock(dataFolder);
  try {
    const vault = await PinVault.load({ folder: at.vault, files });
    const people = await People.load(files, at.vault);
    const tries = await TryCounter.load(files, at.vault, clock);
    const audit = await AuditLog.open({ folder: at.audit, keptFolder: at.vault, files, clock });
    const access = await AccessControl.open({ audit, vault, people, tries, clock });
    const records = await RecordStore.open({ folder: at.records, files, vault, audit, clock });
    return {
      audit,
      access,
      records,
      close: async () => {
        await access.stop();
        await records.close();
        await audit.close();
        await unlock();
      },
    };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Checks the log of a store, or of a copy of one, against itself, its kept checkpoints and others. */
export async function verifyStore(dataFolder: string, options: VerifyOptions = {}): Promise<AuditVerification> {
  const files = new Disk();
  const at = folders(dataFolder);
  const kept = (await keptCheckpoints(files, at.vault)).map(({ note }) => note);
  const publicKey = options.publicKey ?? (await PinVault.load({ folder: at.vault, files })).auditVerifier;
  return verifyAudit(at.audit, { ...options, ...(publicKey === undefined ? {} : { publicKey }), checkpoints: [...kept, ...(options.checkpoints ?? [])] });
}
