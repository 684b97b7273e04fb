import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import type { Access, AccessControl } from './access/access.js';
import type { AccessSummary, Closed, Commands, GatewayEvent } from './api.js';
import { chooseCandidate } from './discovery/choose.js';
import type { KnownDevice } from './discovery/device-list.js';
import type { Candidate } from './discovery/match.js';
import type { DriverIndex, LoadedDriver } from './driver-host/driver-index.js';
import type { ProcessLauncher } from './driver-host/launcher.js';
import type { Reading, ReadingChoices } from './reading.js';
import type { Cause } from './records/causes.js';
import type { SealedRecord } from './records/store.js';
import type { Store } from './store.js';
import { accessSummary } from './views.js';

export interface EncountersOptions {
  readonly store: Store;
  readonly drivers: DriverIndex;
  readonly launcher: ProcessLauncher;
  readonly practice: boolean;
  readonly version: string;
  readonly reading?: ReadingChoices;
  readonly device: (deviceId: string) => KnownDevice | undefined;
  readonly emit: (event: GatewayEvent) => void;
  /** All of a device's access is over, and erased. */
  readonly closed: (deviceId: string) => void;
  /** Something of the status changed. */
  readonly changed: () => void;
}

/** An access, what is read under it, and where that is kept. */
interface Encounter {
  readonly access: Access;
  readonly reading: Reading;
  /** Of the session that runs or ran last. */
  record: SealedRecord;
}

/** Time to connect and discover. */
const CONNECT_DEADLINE_MS = 15_000;

/** What is open on this tablet: each access with its reading, from breaking the glass until all of it is erased. */
export class Encounters {
  /** Milliseconds since 1970 until which the magnet of a device read before may have no effect. */
  magnetUntil = 0;
  private readonly open = new Map<string, Encounter>();
  /** Devices whose glass is being broken. */
  private readonly opening = new Set<string>();
  private readonly closing = new Set<Promise<unknown>>();

  constructor(private readonly options: EncountersOptions) {
    this.access.onChange((access) => this.accessChanged(access));
    options.store.records.onDue((accessId) => {
      if (this.open.has(accessId)) this.closeBehind(accessId);
    });
  }

  /** Throws DEVICE_UNKNOWN, DRIVER_UNKNOWN, SESSION_RUNNING, and as `AccessControl.breakGlass`. */
  async breakGlass(input: Commands['breakGlass']['in']): Promise<AccessSummary> {
    const { deviceId, driverId } = input;
    const known = this.options.device(deviceId);
    if (!known) throw new OneBoxError('DEVICE_UNKNOWN');
    const candidate = chooseCandidate(known.match.candidates, driverId);
    const driver = this.options.drivers.get(candidate.manifest.id);
    const running = [...this.open.values()].some(
      ({ access, reading }) => access.deviceKey === deviceId && !reading.isOver,
    );
    if (running || this.opening.has(deviceId)) throw new OneBoxError('SESSION_RUNNING');
    this.opening.add(deviceId);
    try {
      return await this.begin(known, candidate, driver, input);
    } finally {
      this.opening.delete(deviceId);
    }
  }

  /** The reading of an access, looked at or not. Throws ACCESS_UNKNOWN. */
  reading(accessId: string): Reading {
    return this.find(accessId).reading;
  }

  /** A reading that may still be looked at. Throws ACCESS_UNKNOWN, ACCESS_ENDED. */
  opened(accessId: string): Reading {
    this.access.assertOpen(accessId);
    return this.reading(accessId);
  }

  async readAgain(accessId: string): Promise<undefined> {
    const reading = this.opened(accessId);
    reading.stop();
    await reading.ended;
    // The access may have ended while the read did.
    this.opened(accessId);
    // The record of the session before is whole, and stays until the access is closed.
    this.find(accessId).record = await this.recordFor(accessId);
    reading.again();
    return undefined;
  }

  /** Something is being read, live values included. */
  get isReading(): boolean {
    return this.opening.size > 0 || [...this.open.values()].some(({ reading }) => !reading.isOver);
  }

  /** The access that was opened last and is open to this person. */
  lastOf(personId: string | undefined): string | undefined {
    return [...this.open.values()].filter(({ access }) => access.person.id === personId).at(-1)?.access.accessId;
  }

  /** The tablet is being locked: nothing more is read. What was read waits for its person. */
  async suspend(): Promise<void> {
    const readings = [...this.open.values()].map(({ reading }) => reading);
    for (const reading of readings) reading.stop();
    await Promise.all(readings.map((reading) => reading.ended));
  }

  /** Erases what was read under an access on order: one that is open ends, of others the records go. */
  async erase(accessId: string): Promise<void> {
    if (this.open.has(accessId)) await this.close(accessId, 'ordered');
    else await this.options.store.records.destroyOfAccess(accessId, 'ordered');
  }

  /** Ends the access and erases what was read. Throws ACCESS_UNKNOWN. */
  async close(accessId: string, cause: Cause = 'closed'): Promise<Closed> {
    const { reading, access } = this.find(accessId);
    // From here on nothing of it can be looked at or read again.
    this.open.delete(accessId);
    reading.stop();
    await reading.ended;
    const { items, magnetUntil } = reading;
    await reading.dispose();
    let deleted = 0;
    try {
      await this.options.store.records.destroyOfAccess(accessId, cause);
      deleted = items;
    } finally {
      this.options.closed(access.deviceKey);
      await this.access.close(accessId, deleted);
    }
    if (magnetUntil !== undefined) this.magnetUntil = Math.max(this.magnetUntil, magnetUntil);
    this.options.changed();
    return { deleted: items, closedAt: Date.now(), ...(magnetUntil === undefined ? {} : { magnetUntil }) };
  }

  /** Closes all, whatever becomes of one of them. */
  async closeAll(): Promise<void> {
    for (const accessId of [...this.open.keys()]) await this.close(accessId).catch(() => undefined);
    await Promise.all(this.closing);
  }

  private get access(): AccessControl {
    return this.options.store.access;
  }

  private find(accessId: string): Encounter {
    const encounter = this.open.get(accessId);
    if (!encounter) throw new OneBoxError('ACCESS_UNKNOWN');
    return encounter;
  }

  private async begin(
    known: KnownDevice,
    candidate: Candidate,
    driver: LoadedDriver,
    { reason, factor, override }: Commands['breakGlass']['in'],
  ): Promise<AccessSummary> {
    const { practice, emit, store } = this.options;
    // The half of the program that no start needs; before the access, which must not stand alone if it is broken.
    const { Reading } = await import('./reading.js');
    const { id: deviceId, transport } = known.sighting;
    // Resolves only when the record of the access is on disk: nothing was sent to the device before this line.
    const access = await this.access.breakGlass({
      deviceKey: deviceId,
      deviceClass: candidate.deviceClass,
      driver: { id: driver.manifest.id, version: driver.manifest.version, sha256: driver.sha256 },
      transport,
      personId: this.access.person?.id ?? '',
      reason,
      factor,
      practice,
      override: override === true,
    });
    const { accessId } = access;
    const record = await this.firstRecord(accessId);
    const line = candidate.serialRule?.line;
    const reading = new Reading({
      accessId,
      driver,
      deviceClass: candidate.deviceClass,
      transport,
      services: known.sighting.ble?.services ?? [],
      openLink: (signal) =>
        known.provider.open(deviceId, { deadlineMs: CONNECT_DEADLINE_MS, signal, ...(line ? { line } : {}) }),
      purpose: access.purpose,
      practice,
      launcher: this.options.launcher,
      applicationVersion: this.options.version,
      audit: async (event, fields) => {
        await store.audit.append(event, { ...fields, accessId });
      },
      note: async (event, fields) => {
        await store.audit.note(event, { ...fields, accessId });
      },
      keep: (finding) => encounter.record.append(finding),
      kept: () => encounter.record.finish(),
      changed: () => this.emitCard(accessId),
      fault: (error) => emit({ type: 'fault', accessId, error: error.toJSON() }),
      liveStrip: (strip) => emit({ type: 'live', accessId, strip }),
      ...this.options.reading,
    });
    const encounter: Encounter = { access, reading, record };
    this.open.set(accessId, encounter);
    emit({ type: 'access', access: accessSummary(access) });
    this.emitCard(accessId);
    return accessSummary(access);
  }

  /** Without a place where what is read is kept, there is no access. */
  private async firstRecord(accessId: string): Promise<SealedRecord> {
    try {
      return await this.recordFor(accessId);
    } catch (error) {
      await this.access.close(accessId).catch(() => undefined);
      throw error;
    }
  }

  /** Where what is read is kept, sealed. None when the access has ended meanwhile. */
  private async recordFor(accessId: string): Promise<SealedRecord> {
    let record: SealedRecord | undefined;
    try {
      record = await this.options.store.records.create(accessId);
      this.access.assertOpen(accessId);
      return record;
    } catch (error) {
      await record?.destroy().catch(() => undefined);
      throw error;
    }
  }

  /**
   * When the time is over the link closes; the data stay sealed and covered until the person closes. When the person
   * is gone, because the tablet is locked or somebody else has it, they stay only as long as the person can resume.
   */
  private accessChanged(access: Access): void {
    const { accessId, state, resumable, person } = access;
    this.options.emit({ type: 'access', access: accessSummary(access) });
    if (state === 'open') this.emitCard(accessId);
    const encounter = this.open.get(accessId);
    if (state !== 'ended' || !encounter) return;
    encounter.reading.stop();
    if (resumable || this.access.person?.id === person.id) return;
    this.closeBehind(accessId);
  }

  private closeBehind(accessId: string): void {
    const closing = this.close(accessId)
      .catch((error: unknown) => this.options.emit({ type: 'fault', accessId, error: toOneBoxError(error).toJSON() }))
      .finally(() => this.closing.delete(closing));
    this.closing.add(closing);
  }

  /** Only while the access is open: afterwards the data are covered. */
  private emitCard(accessId: string): void {
    const encounter = this.open.get(accessId);
    if (!encounter || !this.access.isOpen(accessId)) return;
    this.options.emit({ type: 'card', card: encounter.reading.card() });
  }
}
