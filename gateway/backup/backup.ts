import { isOneBoxError, OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { AccessControl } from '../access/access.js';
import type { BackupSummary, Factor, PersonSummary, Restored } from '../api.js';
import { EVENTS } from '../audit/events.js';
import type { AuditLog } from '../audit/log.js';
import type { NoteSigner } from '../audit/note.js';
import type { AuditFields } from '../audit/record.js';
import type { DriverPackages } from '../driver-packages/packages.js';
import { Trust } from '../driver-packages/trust.js';
import { newest } from '../driver-packages/versions.js';
import { checkPassphrase, openBundle, sealBundle } from './bundle.js';
import type { Configuration } from './content.js';

export interface BackupParts {
  readonly store: {
    readonly access: AccessControl;
    readonly audit: AuditLog;
    readonly auditKey: string | undefined;
    /** Of the log, while the tablet is unlocked. */
    signer(): NoteSigner;
    /** Puts a person on the tablet with a starting PIN that nobody chose. */
    takeIn(person: Omit<PersonSummary, 'id'>): Promise<string>;
  };
  readonly packages: DriverPackages;
  readonly practice: boolean;
}

/** Its schema is loaded with the first back-up, not at the start. */
const content = () => import('./content.js');

/** The configuration of a tablet, as a sealed and signed file and back. */
export class Backup {
  constructor(private readonly parts: BackupParts) {}

  /**
   * The file, against a fresh factor; the log says so before it is out. Throws INPUT_INVALID for a short passphrase,
   * and as `AccessControl.authoriseFresh`, AUDIT_WRITE, STORE_DENIED.
   */
  async make(
    passphrase: string,
    factor: Factor | undefined,
  ): Promise<{ readonly file: Uint8Array; readonly key: string; readonly summary: BackupSummary }> {
    const { store, practice } = this.parts;
    const secret = checkPassphrase(passphrase);
    const who = await store.access.authoriseFresh('backUp', practice, factor);
    const configuration = await this.configuration();
    const { encodeConfiguration } = await content();
    const file = await sealBundle(encodeConfiguration(configuration, store.signer()), secret);
    const summary = summaryOf(configuration);
    await store.audit.append('backupMade', { ...who, numbers: { ...counts(summary), bytes: file.length } });
    return { file, key: store.auditKey!, summary };
  }

  /**
   * Sets this tablet up as the file says: the list of trusted keys is replaced, drivers and people are added, minimum
   * versions never sink. `keys`: verifier keys of the tablets whose back-ups are believed, besides this one's own.
   * Can be done again after a failure. Throws BACKUP_INVALID, BACKUP_VERSION, BACKUP_UNTRUSTED, BACKUP_ROLLBACK,
   * TRUST_INVALID, and as `DriverPackages.install`, `AccessControl.authoriseFresh`; each refusal is a record.
   */
  async restore(
    file: Uint8Array,
    passphrase: string,
    keys: readonly string[],
    factor: Factor | undefined,
  ): Promise<Restored> {
    const { store, practice } = this.parts;
    const who = await store.access.authoriseFresh('restore', practice, factor);
    try {
      const opened = await openBundle(file, checkPassphrase(passphrase));
      const { decodeConfiguration } = await content();
      const configuration = decodeConfiguration(opened, [...new Set([store.auditKey!, ...keys])]);
      await this.assertNotOlder(configuration);
      const summary = summaryOf(configuration);
      await store.audit.append('restoreOrdered', { ...who, numbers: counts(summary) });
      const result = { ...summary, ...(await this.apply(configuration, who)) };
      const { sequence, madeAt } = configuration;
      const numbers = { ...counts(summary), log: logNumber(configuration.log), sequence, madeAt };
      await store.audit.append('configurationRestored', { ...who, numbers });
      return result;
    } catch (error) {
      const refusal = toOneBoxError(error);
      if (refusal.kind !== 'AUDIT_WRITE') await store.audit.append('restoreRefused', { ...who, error: refusal.kind });
      throw refusal;
    }
  }

  /** As it is now. */
  async configuration(): Promise<Configuration> {
    const { store, packages } = this.parts;
    const { audit, access } = store;
    const drivers = await packages.active();
    return {
      format: 'onebox-configuration',
      version: 1,
      log: audit.origin.split('/').at(-1)!,
      sequence: audit.size,
      madeAt: Date.now(),
      people: access.list().map(({ displayName, role }) => ({ displayName, role })),
      idleMinutes: access.idleTime.minutes,
      trust: packages.trust.file,
      drivers: drivers.map(({ bytes, ...driver }) => ({ ...driver, content: Buffer.from(bytes).toString('base64') })),
    };
  }

  /** Of one tablet by the records that it had, of another by the time. Throws BACKUP_ROLLBACK. */
  private async assertNotOlder({ log, sequence, madeAt }: Configuration): Promise<void> {
    const restored = (await this.parts.store.audit.records()).findLast(
      ({ event }) => event === EVENTS.configurationRestored.number,
    );
    if (restored === undefined) return;
    const last = restored.number as Readonly<Record<string, number>>;
    const same = last.log === logNumber(log);
    if (same ? sequence < (last.sequence ?? 0) : madeAt < (last.madeAt ?? 0)) throw new OneBoxError('BACKUP_ROLLBACK');
  }

  private async apply(
    { people, idleMinutes, trust, drivers }: Configuration,
    who: AuditFields,
  ): Promise<Pick<Restored, 'added' | 'skipped'>> {
    const { store, packages } = this.parts;
    const minimumVersions = { ...packages.trust.file.minimumVersions };
    for (const [id, version] of Object.entries(trust.minimumVersions))
      minimumVersions[id] = newest([minimumVersions[id], version]) ?? version;
    const next = Trust.of({ ...trust, minimumVersions });
    if (next.hash !== packages.trust.hash) await packages.changeTrust(next);
    const skipped: string[] = [];
    const before = new Set((await packages.active()).map(({ sha256 }) => sha256));
    for (const { id, sha256, content } of drivers) {
      if (before.has(sha256)) continue;
      try {
        await packages.install(Buffer.from(content, 'base64'));
      } catch (error) {
        if (!isOneBoxError(error, 'DRIVER_ROLLBACK')) throw error;
        skipped.push(id);
      }
    }
    await store.access.idleTime.takeIn(idleMinutes, who);
    const added: (Omit<PersonSummary, 'id'> & { pin: string })[] = [];
    const here = store.access.list();
    for (const { displayName, role } of people) {
      if (here.some((one) => one.displayName === displayName && one.role === role)) continue;
      added.push({ displayName, role, pin: await store.takeIn({ displayName, role }) });
    }
    return { added, skipped };
  }
}

function summaryOf({ log, madeAt, people, drivers, trust }: Configuration): BackupSummary {
  const keys = trust.vendors.length + trust.reviewers.length;
  return { log, madeAt, people: people.length, drivers: drivers.length, keys };
}

const counts = ({ people, drivers, keys }: BackupSummary) => ({ people, drivers, keys });

/** The beginning of the id, as far as a whole number of the log goes. */
const logNumber = (log: string): number => Number.parseInt(log.slice(0, 12), 16);
