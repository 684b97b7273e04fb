import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { v1 } from '@onebox/protocol/messages.js';
import { type Factor, type PersonSummary, REASONS, type Role } from '../api.js';
import { randomBytes } from '../audit/crypto.js';
import { EVENTS, type EventName } from '../audit/events.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import { type Clock, systemClock } from '../files/clock.js';
import { type GrantedAccess, grant } from './grant.js';
import type { People, Person } from './people.js';
import { Registry } from './registry.js';
import type { TryCounter } from './tries.js';
import type { Access, BreakGlassRequest, Stage } from './types.js';
import type { KeyVault } from './vault.js';
import { ACCESS_MINUTES } from './window.js';

export type { Access, BreakGlassRequest, Stage } from './types.js';

export interface AccessOptions {
  readonly audit: AuditLog;
  readonly vault: KeyVault;
  readonly people: People;
  readonly tries: TryCounter;
  readonly clock?: Clock;
}

/** Roles for which an emergency read is provisioned; all others override a policy. */
const PROVISIONED: readonly Role[] = ['responder', 'clinician'];
/** How often the end of an access is looked for; reads look by themselves. */
const LOOK_MS = 5000;

/**
 * Who may read what, for how long: first run, locked, unlocked, and the accesses opened by breaking the
 * glass. Nothing is open without a person, a reason and a fresh factor, and the start of an access is
 * durable in the audit log before the access exists.
 */
export class AccessControl {
  private readonly audit: AuditLog;
  private readonly vault: KeyVault;
  private readonly people: People;
  private readonly tries: TryCounter;
  private readonly clock: Clock;
  private readonly registry: Registry;
  private readonly accesses = new Map<string, GrantedAccess>();
  private readonly requests = new Map<string, { cancelled: boolean }>();
  private readonly listeners = new Set<(access: Access) => void>();
  private readonly background = new Set<Promise<unknown>>();
  private timer: NodeJS.Timeout | undefined;
  private current: Person | undefined;

  private constructor(options: AccessOptions) {
    this.audit = options.audit;
    this.vault = options.vault;
    this.people = options.people;
    this.tries = options.tries;
    this.clock = options.clock ?? systemClock;
    this.registry = new Registry(options);
  }

  /** Writes an end for every access that a crash left without one. Throws AUDIT_WRITE. */
  static async open(options: AccessOptions): Promise<AccessControl> {
    for (const { accessId, person, device, purpose } of options.audit.unfinished)
      await options.audit.append('accessEnded', {
        accessId: Buffer.from(accessId).toString('hex'),
        person,
        device,
        purpose,
        numbers: { recovered: 1 },
      });
    return new AccessControl(options);
  }

  get stage(): Stage {
    if (!this.vault.exists) return 'first-run';
    return this.current === undefined ? 'locked' : 'unlocked';
  }

  /** Who unlocked the tablet. */
  get person(): PersonSummary | undefined {
    return this.current && summary(this.current);
  }

  list(): PersonSummary[] {
    return this.vault.exists ? this.people.list() : [];
  }

  /** The first person makes the vault, gets the recovery words and unlocks; others are added while unlocked. */
  async enrol(entry: {
    readonly displayName: string;
    readonly role: Role;
    readonly pin: string;
  }): Promise<{ person: PersonSummary; recoveryWords: readonly string[] }> {
    try {
      const first = this.stage === 'first-run';
      const { person, recoveryWords } = first
        ? await this.registry.enrolFirst(entry)
        : await this.registry.enrol(entry, this.current);
      await this.audit.append('enrolled', {
        person: pseudonym(person),
        role: person.role,
        factors: ['pin'],
        numbers: { people: this.people.list().length },
      });
      if (first) await this.enter(person);
      return { person: summary(person), recoveryWords };
    } catch (error) {
      throw await this.note('enrolRefused', error, {});
    }
  }

  /** Throws NOT_ENROLLED, PERSON_UNKNOWN, FACTOR_MISSING, FACTOR_WRONG (triesLeft), FACTOR_WAIT (seconds). */
  async unlock(personId: string, factor: Factor | undefined): Promise<PersonSummary> {
    let who: AuditFields = {};
    try {
      if (this.stage === 'first-run') throw new OneBoxError('NOT_ENROLLED');
      const person = this.people.get(personId);
      who = { person: pseudonym(person), role: person.role };
      const pin = pinOf(factor);
      await this.tries.attempt(personId, () => this.vault.open(personId, pin));
      if (this.current !== undefined && this.current.id !== person.id) await this.endAll();
      await this.enter(person);
      return summary(person);
    } catch (error) {
      throw await this.note(isWait(error) ? 'unlockWait' : 'unlockFailed', error, who);
    }
  }

  /** A new PIN for a person, by the recovery words of the tablet. Unlocks. */
  async recover(words: readonly string[], personId: string, pin: string): Promise<PersonSummary> {
    try {
      const person = await this.registry.recover(words, personId, pin);
      await this.audit.append('recoveryUsed', {
        person: pseudonym(person),
        role: person.role,
        factors: ['recovery-words'],
      });
      await this.enter(person);
      return summary(person);
    } catch (error) {
      throw await this.note(isWait(error) ? 'unlockWait' : 'unlockFailed', error, {});
    }
  }

  /** Ends all open accesses and forgets the keys, whether or not the log can be written. */
  async lock(last: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const person = this.current;
    this.current = undefined;
    try {
      await this.endAll();
      if (person !== undefined) await this.audit.append('locked', { person: pseudonym(person), role: person.role });
      await last();
      await this.audit.checkpoint();
    } finally {
      this.audit.useSigner(undefined);
      this.vault.close();
    }
  }

  /**
   * Opens the access to one device for reading. It exists only after its start is durable in the log.
   * Throws LOCKED, REASON_MISSING, FACTOR_MISSING, FORBIDDEN, FACTOR_WRONG, FACTOR_WAIT, READ_STOPPED,
   * AUDIT_WRITE; each refusal is a record.
   */
  async breakGlass(request: BreakGlassRequest): Promise<Access> {
    const accessId = Buffer.from(randomBytes(16)).toString('hex');
    const pending = { cancelled: false };
    let known: AuditFields<'breakGlassRequested'> = { accessId };
    this.requests.set(request.deviceKey, pending);
    try {
      const person = this.current;
      if (person === undefined) throw new OneBoxError('LOCKED');
      known = this.known(accessId, request, person);
      await this.audit.append('breakGlassRequested', known);
      if (!REASONS.includes(request.reason)) throw new OneBoxError('REASON_MISSING');
      if (request.personId !== person.id) throw new OneBoxError('FORBIDDEN');
      const pin = pinOf(request.factor);
      await this.tries.attempt(person.id, () => this.vault.check(person.id, pin));
      if (pending.cancelled) throw new OneBoxError('READ_STOPPED');
      if (this.current !== person) throw new OneBoxError('LOCKED');
      return await this.openAccess(accessId, request, person, known, pending);
    } catch (error) {
      throw await this.note('breakGlassRefused', error, { ...known, numbers: {} });
    } finally {
      if (this.requests.get(request.deviceKey) === pending) this.requests.delete(request.deviceKey);
    }
  }

  /** The sheet was left. A request that is under way for the device is refused. */
  async cancel(deviceKey: string): Promise<void> {
    const pending = this.requests.get(deviceKey);
    if (pending !== undefined) pending.cancelled = true;
    const person = this.current;
    await this.audit.append(
      'breakGlassCancelled',
      person === undefined
        ? {}
        : {
            person: pseudonym(person),
            role: person.role,
            device: this.vault.pseudonym('device', deviceKey),
            keyEpoch: this.vault.keyEpoch,
          },
    );
  }

  /** For every read. Throws ACCESS_UNKNOWN, ACCESS_ENDED; the first refusal of an access is a record. */
  assertOpen(accessId: string): Access {
    const access = this.accesses.get(accessId);
    if (access === undefined) throw new OneBoxError('ACCESS_UNKNOWN');
    if (access.state === 'open' && access.window.isOver) this.run(this.end(access));
    if (access.state === 'open') return access.view();
    if (!access.denied) {
      access.denied = true;
      this.run(this.audit.append('accessDenied', { ...access.fields, error: 'ACCESS_ENDED' }));
    }
    throw new OneBoxError('ACCESS_ENDED');
  }

  /** Throws ACCESS_UNKNOWN. */
  get(accessId: string): Access {
    return this.find(accessId).view();
  }

  all(): Access[] {
    return [...this.accesses.values()].map((access) => access.view());
  }

  /** 15 more minutes against a fresh factor, also just after the end; at most 60 minutes in all. */
  async extend(accessId: string, factor: Factor | undefined): Promise<Access> {
    const access = this.find(accessId);
    try {
      const person = this.current;
      if (person === undefined) throw new OneBoxError('LOCKED');
      if (access.state === 'closed') throw new OneBoxError('ACCESS_ENDED');
      if (person.id !== access.person.id) throw new OneBoxError('FORBIDDEN');
      const pin = pinOf(factor);
      await this.tries.attempt(person.id, () => this.vault.check(person.id, pin));
      if (access.window.isOver) await this.end(access);
      await access.extend(this.audit, () => this.current === person);
      this.changed(access);
      return access.view();
    } catch (error) {
      throw await this.note('accessDenied', error, access.fields);
    }
  }

  /** Closes for good: nothing is readable from the first instant on. `deleted` counts what was erased. */
  async close(accessId: string, deleted = 0): Promise<Access> {
    const access = this.find(accessId);
    if (access.state === 'closed') return access.view();
    access.stop('closed');
    this.changed(access);
    await this.audit.append('accessClosed', { ...access.fields, numbers: { deleted, seconds: access.seconds } });
    await this.audit.checkpoint();
    return access.view();
  }

  /** Ends what is over. Called by a timer; to be called after suspend. */
  look(): void {
    for (const access of this.accesses.values())
      if (access.state === 'open' && access.window.isOver) this.run(this.end(access));
  }

  /** Told of every change of an access. */
  onChange(listener: (access: Access) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Waits for records that are being written behind the scenes. */
  async settled(): Promise<void> {
    while (this.background.size > 0) await Promise.all(this.background);
  }

  /** Locks and stops the timer. The log stays open; `last` still runs while the log can be signed. */
  async stop(last: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    clearInterval(this.timer);
    await this.settled();
    await this.lock(last);
  }

  private async openAccess(
    accessId: string,
    request: BreakGlassRequest,
    person: Person,
    known: AuditFields<'breakGlassRequested'>,
    pending: { readonly cancelled: boolean },
  ): Promise<Access> {
    const fields = { ...known, numbers: { ...known.numbers, minutes: ACCESS_MINUTES } };
    const access = grant(accessId, request, summary(person), known, this.clock);
    access.index = await this.audit.append('breakGlassOpened', fields);
    this.accesses.set(accessId, access);
    // Locked or left while the record was written: the record stands, so the access ends by a record too.
    if (pending.cancelled || this.current !== person) {
      await this.end(access);
      throw new OneBoxError(pending.cancelled ? 'READ_STOPPED' : 'LOCKED');
    }
    this.timer ??= setInterval(() => this.look(), LOOK_MS).unref();
    this.changed(access);
    return access.view();
  }

  private known(accessId: string, request: BreakGlassRequest, person: Person): AuditFields<'breakGlassRequested'> {
    const provisioned = PROVISIONED.includes(person.role)
      ? v1.PurposeOfUse.PURPOSE_OF_USE_ERTREAT
      : v1.PurposeOfUse.PURPOSE_OF_USE_BTG;
    return {
      accessId,
      person: pseudonym(person),
      role: person.role,
      device: this.vault.pseudonym('device', request.deviceKey),
      keyEpoch: this.vault.keyEpoch,
      purpose: request.practice ? v1.PurposeOfUse.PURPOSE_OF_USE_HTEST : provisioned,
      ...(REASONS.includes(request.reason) ? { reason: request.reason } : {}),
      ...(request.factor?.kind === 'pin' ? { factors: ['pin'] } : {}),
      driver: request.driver,
      transport: request.transport,
      numbers: { practice: request.practice ? 1 : 0 },
    };
  }

  private async enter(person: Person): Promise<void> {
    await this.audit.append('unlocked', { person: pseudonym(person), role: person.role });
    // Locked again while the record was written.
    if (!this.vault.isOpen) throw new OneBoxError('LOCKED');
    this.current = person;
    this.audit.useSigner(this.registry.signer());
    this.run(this.audit.checkpoint());
  }

  private async endAll(): Promise<void> {
    await Promise.all(
      [...this.accesses.values()].filter((access) => access.state === 'open').map((access) => this.end(access)),
    );
  }

  private async end(access: GrantedAccess): Promise<void> {
    if (access.state !== 'open') return;
    access.stop('ended');
    this.changed(access);
    await this.audit.append('accessEnded', { ...access.fields, numbers: { seconds: access.seconds } });
  }

  private find(accessId: string): GrantedAccess {
    const access = this.accesses.get(accessId);
    if (access === undefined) throw new OneBoxError('ACCESS_UNKNOWN');
    return access;
  }

  private changed(access: GrantedAccess): void {
    for (const listener of this.listeners) listener(access.view());
  }

  /** Records a refusal; the refusal itself matters more than a log that cannot be written. */
  private async note<E extends EventName>(event: E, error: unknown, fields: AuditFields<E>): Promise<OneBoxError> {
    const refusal = toOneBoxError(error);
    if (refusal.kind === 'AUDIT_WRITE') return refusal;
    const numbers = Object.fromEntries(
      EVENTS[event].numbers.flatMap((name) =>
        typeof refusal.params[name] === 'number' ? [[name, refusal.params[name]]] : [],
      ),
    );
    await this.audit
      .append(event, { ...fields, error: refusal.kind, numbers } as AuditFields<E>)
      .catch(() => undefined);
    return refusal;
  }

  private run(work: Promise<unknown>): void {
    const quiet = work.catch(() => undefined).finally(() => this.background.delete(quiet));
    this.background.add(quiet);
  }
}

function pinOf(factor: Factor | undefined): string {
  if (factor?.kind !== 'pin' || typeof factor.pin !== 'string' || factor.pin === '')
    throw new OneBoxError('FACTOR_MISSING');
  return factor.pin;
}

function isWait(error: unknown): boolean {
  return error instanceof OneBoxError && error.kind === 'FACTOR_WAIT';
}

function pseudonym(person: Person): Uint8Array {
  return Buffer.from(person.pseudonym, 'hex');
}

function summary({ id, displayName, role }: Person): PersonSummary {
  return { id, displayName, role };
}
