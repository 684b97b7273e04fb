import { join } from 'node:path';
import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { AccessControl } from './access/access.js';
import type { BadgeReader } from './access/badge/badge-reader.js';
import { FactorStore } from './access/factors/store.js';
import { readMark } from './access/key-store/mark.js';
import type { StoreChoice } from './access/key-store/secret-store.js';
import { StoreSeal } from './access/key-store/store-seal.js';
import { People } from './access/people.js';
import { PinVault } from './access/pin-vault.js';
import type { SmartCards } from './access/smart-card/smart-cards.js';
import { TryCounter } from './access/tries.js';
import type { OpenedVault } from './access/vault.js';
import type { KeyStoreState, PersonSummary } from './api.js';
import { keptCheckpoints } from './audit/kept.js';
import { AuditLog } from './audit/log.js';
import { type NoteSigner, parseVkey } from './audit/note.js';
import { MacRatchet, withSeals } from './audit/ratchet.js';
import { type Receipt, receiptOf } from './audit/receipt.js';
import { type AuditVerification, type VerifyOptions, verifyAudit } from './audit/verify.js';
import { takeIn } from './backup/take-in.js';
import { finishDecommissioning } from './decommissioning/clearing.js';
import { bootOfMachine, systemClock } from './files/clock.js';
import { Disk } from './files/disk.js';
import type { Files } from './files/files.js';
import { eraseOverdue } from './records/eraser.js';
import { RecordStore } from './records/store.js';
import { Reviews } from './review/reviews.js';

/** All that one tablet keeps, opened: the log, the people and their accesses, what was read. */
export interface Store {
  readonly audit: AuditLog;
  readonly access: AccessControl;
  readonly records: RecordStore;
  readonly reviews: Reviews;
  /** C2SP verifier key of the log's signatures; undefined before somebody is enrolled. */
  readonly auditKey: string | undefined;
  readonly keyStore: KeyStoreState;
  /** Signs with the key of the log. Throws LOCKED. */
  signer(): NoteSigner;
  /** As `takeIn` of the back-ups. */
  takeIn(person: Omit<PersonSummary, 'id'>): Promise<string>;
  close(): Promise<void>;
}

/** Where each part of a store is. */
export const storeFolders = (dataFolder: string) => ({
  audit: join(dataFolder, 'audit'),
  // Apart from the log: whoever cuts one must find the other too.
  vault: join(dataFolder, 'vault'),
  records: join(dataFolder, 'records'),
});

/** What the machine has for the keys and the factors of people. */
export interface StoreMeans {
  /** The system's secret store, to seal the keys with, or why there is none. */
  readonly keyStore?: StoreChoice | undefined;
  /** Those of OpenSC when not given. */
  readonly smartCards?: SmartCards | undefined;
  /** Where badges are held to; closed with the store. */
  readonly badgeReader?: BadgeReader | undefined;
}

/**
 * Opens or begins a store; `practice`: for simulated devices only. Throws STORE_BUSY, STORE_DENIED, VAULT_BROKEN, KEY_STORE_NEEDED, KEY_STORE_REFUSED, AUDIT_WRITE.
 */
export async function openStore(
  dataFolder: string,
  files: Files = new Disk(),
  practice = false,
  { keyStore = { none: 'no-window' }, smartCards, badgeReader }: StoreMeans = {},
): Promise<Store> {
  const clock = systemClock;
  const at = storeFolders(dataFolder);
  await files.makeFolder(dataFolder);
  const unlock = await files.lock(dataFolder);
  let audit: AuditLog | undefined;
  try {
    // Before anything that could fail: what is over is gone, also when the tablet was off.
    const cleared = await finishDecommissioning(files, dataFolder);
    const now = { clock, boot: bootOfMachine() };
    await eraseOverdue(files, at.records, now);
    const store = 'store' in keyStore ? keyStore.store : undefined;
    const outer = await StoreSeal.load({ folder: at.vault, files, store });
    let refused = false;
    const opened = async (open: OpenedVault): Promise<void> => {
      try {
        if (await outer.settle(open)) await audit?.append('keysSealed');
        refused = false;
      } catch (error) {
        // The vault stays as it is, and opens: nobody is kept waiting for a key ring.
        if (!refused) await audit?.note('keysNotSealed', { error: toOneBoxError(error).kind });
        refused = true;
      }
    };
    const loadVault = async () => {
      const vault = await PinVault.load({ folder: at.vault, files, outer, opened });
      const people = await People.load(files, at.vault, outer);
      const factors = await FactorStore.load(files, at.vault, vault, outer);
      return { vault, people, factors, tries: await TryCounter.load(files, at.vault, now) };
    };
    const openLog = async () => {
      audit = await AuditLog.open({ folder: at.audit, keptFolder: at.vault, files, clock });
      return audit;
    };
    const [{ vault, people, factors, tries }, log] = await sideBySide(loadVault(), openLog());
    if (cleared?.outcome === 'cleared') await log.append('tabletCleared', { numbers: { files: cleared.files } });
    if (cleared?.outcome === 'undone') await log.append('decommissionUndone');
    const means = { smartCards, badgeReader };
    const access = await AccessControl.open({ audit: log, vault, people, tries, factors, clock, practice, ...means });
    const records = await RecordStore.open({ folder: at.records, files, vault, audit: log, clock });
    const person = () => access.person;
    const reviews = new Reviews({ audit: log, folder: at.audit, files, vault, people, clock, person });
    return {
      audit: log,
      access,
      records,
      reviews,
      get auditKey() {
        return vault.auditVerifier;
      },
      signer: () => {
        if (vault.auditVerifier === undefined) throw new OneBoxError('LOCKED');
        const { name, keyId } = parseVkey(vault.auditVerifier);
        return { name, keyId, sign: (message) => vault.signAudit(message) };
      },
      takeIn: (person) => takeIn({ people, vault, audit: log }, person),
      get keyStore(): KeyStoreState {
        if (outer.sealedBy !== undefined) return { sealedBy: outer.sealedBy };
        if ('none' in keyStore) return { none: keyStore.none };
        return { none: refused ? 'refused' : 'not-yet' };
      },
      close: () =>
        inTurn([
          () => access.stop(),
          () => records.close(),
          () => log.close(),
          async () => badgeReader?.close(),
          unlock,
        ]),
    };
  } catch (error) {
    await audit?.close().catch(() => undefined);
    await unlock();
    throw error;
  }
}

/** The first screen waits for both. When both fail, the first tells why; nothing of either goes on. */
async function sideBySide<A, B>(one: Promise<A>, other: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

/** Each step is done whatever became of those before it; the first failure is thrown at the end. */
async function inTurn(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

/**
 * Checks the log of a store, or of a copy of one, against itself, its kept checkpoints and others. Works while
 * the store is open elsewhere. Throws INPUT_INVALID where there is no store, NOTE_INVALID for a key that is none.
 */
export async function verifyStore(dataFolder: string, options: VerifyOptions = {}): Promise<AuditVerification> {
  const files = options.files ?? new Disk();
  const at = storeFolders(dataFolder);
  const kept = (await keptCheckpoints(files, at.vault)).map(({ note }) => note);
  // Their keys are in the vault, which is closed: what counts here is that none is missing.
  const seals = await (await MacRatchet.load(files, at.vault)).check();
  const publicKey = options.publicKey ?? (await auditKeyOf(at.vault, files));
  const checkpoints = [...kept, ...seals.checkpoints, ...(options.checkpoints ?? [])];
  const found = await verifyAudit(at.audit, {
    ...options,
    ...(publicKey === undefined ? {} : { publicKey }),
    checkpoints,
  });
  const result = withSeals(found, seals);
  if (result.sections > 0 || result.problems.length > 0) return result;
  if (publicKey === undefined) throw new OneBoxError('INPUT_INVALID', 'there is no audit log in this folder');
  // People were enrolled here, and that is a record: somebody took the whole log away.
  return { ...result, intact: false, problems: [{ error: 'AUDIT_TRUNCATED', kind: 'missing', section: 1 }] };
}

/**
 * The receipt of an entry of the log of a store, or of a copy of one, with the verifier key of the log. Works while
 * the store is open elsewhere. Throws INPUT_INVALID when there is no such entry or no signed checkpoint covers it.
 */
export async function receiptFromStore(
  dataFolder: string,
  index: number,
  files: Files = new Disk(),
): Promise<{ readonly receipt: Receipt; readonly key?: string }> {
  const at = storeFolders(dataFolder);
  const receipt = await receiptOf(files, at.audit, index);
  const key = await auditKeyOf(at.vault, files);
  return { receipt, ...(key === undefined ? {} : { key }) };
}

/** Loading a vault makes its folder: nothing is written where only a look is taken. */
async function auditKeyOf(vault: string, files: Files): Promise<string | undefined> {
  if ((await files.list(vault)).length === 0) return undefined;
  // Under a seal the mark has it in clear.
  const mark = await readMark(files, vault);
  if (mark !== undefined) return PinVault.of({ folder: vault, files }, mark.rescue.vault).auditVerifier;
  return (await PinVault.load({ folder: vault, files })).auditVerifier;
}
