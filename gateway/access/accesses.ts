import { v1 } from '@onebox/protocol/audit-messages.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { REASONS } from '../api.js';
import { randomBytes } from '../audit/crypto.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import type { Clock } from '../files/clock.js';
import type { ShownFactor } from './factors/factor.js';
import type { Factors } from './factors/factors.js';
import { type GrantedAccess, grant } from './grant.js';
import { isProvisioned } from './matrix.js';
import { type Person, pseudonymOf, summaryOf } from './people.js';
import { type Background, noteRefusal } from './refusals.js';
import type { Access, BreakGlassRequest } from './types.js';
import type { KeyVault } from './vault.js';
import { ACCESS_MINUTES } from './window.js';

/** How often the end of an access is looked for, so that it comes within a second; reads look by themselves. */
const LOOK_MS = 1000;

export interface AccessesParts {
  readonly audit: AuditLog;
  readonly vault: KeyVault;
  readonly factors: Factors;
  readonly clock: Clock;
  readonly background: Background;
  /** Who unlocked the tablet. */
  readonly person: () => Person | undefined;
}

/** The accesses opened by breaking the glass: nothing is readable without one, and each of them ends. */
export class Accesses {
  private readonly accesses = new Map<string, GrantedAccess>();
  private readonly requests = new Map<string, { cancelled: boolean }>();
  private readonly listeners = new Set<(access: Access) => void>();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly parts: AccessesParts) {}

  /**
   * Opens the access to one device for reading. It exists only after its start is durable in the log.
   * Throws LOCKED, REASON_MISSING, FACTOR_MISSING, FORBIDDEN, FACTOR_WRONG, FACTOR_WAIT, READ_STOPPED,
   * AUDIT_WRITE; each refusal is a record.
   */
  async breakGlass(request: BreakGlassRequest): Promise<Access> {
    const { audit, factors } = this.parts;
    const accessId = Buffer.from(randomBytes(16)).toString('hex');
    const pending = { cancelled: false };
    let known: AuditFields<'breakGlassRequested'> = { accessId };
    this.requests.set(request.deviceKey, pending);
    try {
      const person = this.parts.person();
      if (person === undefined) throw new OneBoxError('LOCKED');
      known = this.known(accessId, request, person);
      await audit.append('breakGlassRequested', known);
      if (!REASONS.includes(request.reason)) throw new OneBoxError('REASON_MISSING');
      if (request.personId !== person.id) throw new OneBoxError('FORBIDDEN');
      await factors.prove(person.id, request.factor);
      if (pending.cancelled) throw new OneBoxError('READ_STOPPED');
      if (this.parts.person() !== person) throw new OneBoxError('LOCKED');
      return await this.open(accessId, request, person, known, pending);
    } catch (error) {
      throw await noteRefusal(audit, 'breakGlassRefused', error, { ...known, numbers: {} });
    } finally {
      if (this.requests.get(request.deviceKey) === pending) this.requests.delete(request.deviceKey);
    }
  }

  /** The sheet was left. A request that is under way for the device is refused. */
  async cancel(deviceKey: string): Promise<void> {
    const pending = this.requests.get(deviceKey);
    if (pending !== undefined) pending.cancelled = true;
    await this.parts.audit.append('breakGlassCancelled', this.whoAndWhat(deviceKey));
  }

  /** A device that cannot be read was there. */
  async noteSeen(deviceKey: string, about: Pick<BreakGlassRequest, 'transport' | 'practice'>): Promise<void> {
    await this.parts.audit.append('deviceSeen', {
      ...this.whoAndWhat(deviceKey),
      transport: about.transport,
      numbers: { practice: Number(about.practice) },
    });
  }

  /** For every read. Throws ACCESS_UNKNOWN, ACCESS_ENDED; the first refusal of an access is a record. */
  assertOpen(accessId: string): Access {
    const { audit, background } = this.parts;
    const access = this.find(accessId);
    if (access.state === 'open' && access.window.isOver) background.run(this.end(access));
    if (access.state === 'open') return access.view();
    if (!access.denied) {
      access.denied = true;
      background.run(audit.note('accessDenied', { ...access.fields, error: 'ACCESS_ENDED' }));
    }
    throw new OneBoxError('ACCESS_ENDED');
  }

  /** Whether it may be looked at. Asking is no attempt and leaves no record. */
  isOpen(accessId: string): boolean {
    const access = this.accesses.get(accessId);
    return access?.state === 'open' && !access.window.isOver;
  }

  /** Whether the person who is unlocked opened it against the rule of the role. */
  isOwnOverride(accessId: string | undefined): boolean {
    const access = accessId === undefined ? undefined : this.accesses.get(accessId);
    return access?.isOverride === true && access.person.id === this.parts.person()?.id;
  }

  /** Throws ACCESS_UNKNOWN. */
  get(accessId: string): Access {
    return this.find(accessId).view();
  }

  all(): Access[] {
    return [...this.accesses.values()].map((access) => access.view());
  }

  /**
   * 15 more minutes against a fresh factor, once, also just after the end; never beyond 60 minutes after the start.
   * Throws LOCKED, ACCESS_ENDED, ACCESS_EXTENDED, FORBIDDEN, FACTOR_MISSING, FACTOR_WRONG, FACTOR_WAIT, AUDIT_WRITE.
   */
  async extend(accessId: string, shown: ShownFactor | undefined): Promise<Access> {
    const { audit, factors } = this.parts;
    const access = this.find(accessId);
    try {
      const person = this.parts.person();
      if (person === undefined) throw new OneBoxError('LOCKED');
      if (access.state === 'closed') throw new OneBoxError('ACCESS_ENDED');
      // Before a try of the factor is spent on it.
      if (access.window.isExtended) throw new OneBoxError('ACCESS_EXTENDED');
      if (person.id !== access.person.id) throw new OneBoxError('FORBIDDEN');
      await factors.prove(person.id, shown);
      if (access.window.isOver) await this.end(access);
      await access.extend(audit, factors.kinds(shown), () => this.parts.person() === person);
      this.changed(access);
      return access.view();
    } catch (error) {
      throw await noteRefusal(audit, 'accessDenied', error, access.fields);
    }
  }

  /** Closes for good: nothing is readable from the first instant on. `deleted` counts what was erased. */
  async close(accessId: string, deleted = 0): Promise<Access> {
    const { audit } = this.parts;
    const access = this.find(accessId);
    if (access.state === 'closed') return access.view();
    access.stop('closed');
    this.changed(access);
    await audit.append('accessClosed', { ...access.fields, numbers: { deleted, seconds: access.seconds } });
    await audit.checkpoint();
    return access.view();
  }

  /** Ends what is over, and tells where the clock was set. Called by a timer; to be called after suspend. */
  look(): void {
    for (const access of this.accesses.values()) {
      if (!access.window.isOver) {
        if (access.hasMoved) this.changed(access);
        continue;
      }
      if (access.state === 'open') this.parts.background.run(this.end(access));
      else if (access.resumable) this.giveUp(access);
    }
  }

  /** Told of every change of an access. */
  onChange(listener: (access: Access) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The tablet is locked, or somebody else takes it over. Until its time is over the same person can resume an access. */
  async suspendAll(): Promise<void> {
    const open = [...this.accesses.values()].filter(({ state }) => state === 'open');
    for (const access of open) access.resumable = !access.window.isOver;
    await Promise.all(open.map((access) => this.end(access)));
  }

  /**
   * Unlocked again with a fresh factor: what this person had open is open again for the rest of its time, what
   * others had open is theirs no more.
   */
  async resumeFor(person: Person): Promise<void> {
    this.look();
    for (const access of [...this.accesses.values()].filter(({ resumable }) => resumable)) {
      if (access.person.id !== person.id) this.giveUp(access);
      else await this.resume(access, person);
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private async resume(access: GrantedAccess, person: Person): Promise<void> {
    await this.parts.audit.append('accessResumed', {
      ...access.fields,
      numbers: { seconds: Math.round(access.window.remainingMs() / 1000) },
    });
    // Closed, or locked again, while the record was written.
    if (!access.resumable || this.parts.person() !== person) {
      await this.parts.audit.append('accessEnded', { ...access.fields, numbers: { seconds: access.seconds } });
      return;
    }
    access.resume();
    this.changed(access);
  }

  private giveUp(access: GrantedAccess): void {
    access.resumable = false;
    this.changed(access);
  }

  private async open(
    accessId: string,
    request: BreakGlassRequest,
    person: Person,
    known: AuditFields<'breakGlassRequested'>,
    pending: { readonly cancelled: boolean },
  ): Promise<Access> {
    const fields = { ...known, numbers: { ...known.numbers, minutes: ACCESS_MINUTES } };
    const override = this.isOverride(request, person);
    const access = grant(accessId, { ...request, override }, summaryOf(person), known, this.parts.clock);
    access.index = await this.parts.audit.append('breakGlassOpened', fields);
    this.accesses.set(accessId, access);
    // Locked or left while the record was written: the record stands, so the access ends by a record too.
    if (pending.cancelled || this.parts.person() !== person) {
      await this.end(access);
      throw new OneBoxError(pending.cancelled ? 'READ_STOPPED' : 'LOCKED');
    }
    this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    this.changed(access);
    return access.view();
  }

  private known(accessId: string, request: BreakGlassRequest, person: Person): AuditFields<'breakGlassRequested'> {
    const { PURPOSE_OF_USE_ERTREAT, PURPOSE_OF_USE_BTG, PURPOSE_OF_USE_HTEST } = v1.PurposeOfUse;
    const purpose = isProvisioned(person.role) ? PURPOSE_OF_USE_ERTREAT : PURPOSE_OF_USE_BTG;
    const factors = this.parts.factors.kinds(request.factor);
    return {
      accessId,
      person: pseudonymOf(person),
      role: person.role,
      device: this.parts.vault.pseudonym('device', request.deviceKey),
      keyEpoch: this.parts.vault.keyEpoch,
      purpose: request.practice ? PURPOSE_OF_USE_HTEST : purpose,
      ...(REASONS.includes(request.reason) ? { reason: request.reason } : {}),
      ...(factors.length > 0 ? { factors } : {}),
      driver: request.driver,
      transport: request.transport,
      numbers: { practice: request.practice ? 1 : 0, ...(this.isOverride(request, person) ? { override: 1 } : {}) },
    };
  }

  /** In practice nobody is anybody's patient: there it is one only when it is played. */
  private isOverride({ practice, override }: BreakGlassRequest, { role }: Person): boolean {
    return practice ? override === true : !isProvisioned(role);
  }

  /** Person and device, both as pseudonyms; nothing while the tablet is locked. */
  private whoAndWhat(deviceKey: string): Pick<AuditFields, 'person' | 'role' | 'device' | 'keyEpoch'> {
    const person = this.parts.person();
    if (person === undefined) return {};
    const { vault } = this.parts;
    return {
      person: pseudonymOf(person),
      role: person.role,
      device: vault.pseudonym('device', deviceKey),
      keyEpoch: vault.keyEpoch,
    };
  }

  private async end(access: GrantedAccess): Promise<void> {
    if (access.state !== 'open') return;
    access.stop('ended');
    this.changed(access);
    await this.parts.audit.note('accessEnded', { ...access.fields, numbers: { seconds: access.seconds } });
  }

  private find(accessId: string): GrantedAccess {
    const access = this.accesses.get(accessId);
    if (access === undefined) throw new OneBoxError('ACCESS_UNKNOWN');
    return access;
  }

  private changed(access: GrantedAccess): void {
    const view = access.told();
    for (const listener of this.listeners) listener(view);
  }
}
