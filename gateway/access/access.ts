import { OneBoxError } from '@onebox/protocol/errors.js';
import type {
  AddedKind,
  CommandName,
  Commands,
  FactorChallenge,
  FactorOffer,
  FactorProof,
  PersonFactors,
  PersonSummary,
} from '../api.js';
import type { AuditLog } from '../audit/log.js';
import type { AuditFields } from '../audit/record.js';
import { type Clock, systemClock } from '../files/clock.js';
import { Accesses } from './accesses.js';
import type { BadgeReader } from './badge/badge-reader.js';
import { BadgeDesk } from './badge/desk.js';
import { FactorEnrolment } from './factor-enrolment.js';
import { BadgeFactor } from './factors/badge.js';
import { DispatcherCodeFactor } from './factors/dispatcher-code.js';
import type { Factor, ShownFactor } from './factors/factor.js';
import { Factors } from './factors/factors.js';
import { PassphraseFactor, PinFactor } from './factors/known-factor.js';
import { OneTimeCodeFactor } from './factors/one-time-code.js';
import { RecoveryWordsFactor } from './factors/recovery-words.js';
import { SecurityKeyFactor } from './factors/security-key.js';
import { SmartCardFactor } from './factors/smart-card.js';
import type { FactorStore } from './factors/store.js';
import { WitnessFactor } from './factors/witness.js';
import { IdleTime } from './idle-time.js';
import { type Action, actionOf, actionOfTool, isAllowed, type ToolName } from './matrix.js';
import { type People, pseudonymOf, summaryOf } from './people.js';
import { Background, noteRefusal } from './refusals.js';
import { type Enrolment, Registry } from './registry.js';
import { Shifts } from './shifts.js';
import { SignIn } from './sign-in.js';
import { Pkcs11Tool } from './smart-card/pkcs11-tool.js';
import type { SmartCards } from './smart-card/smart-cards.js';
import { TierZero } from './tier-zero.js';
import type { TryCounter } from './tries.js';
import type { Access, BreakGlassRequest, Stage } from './types.js';
import type { KeyVault } from './vault.js';

export type { Access, BreakGlassRequest, Stage } from './types.js';

export interface AccessOptions {
  readonly audit: AuditLog;
  readonly vault: KeyVault;
  readonly people: People;
  readonly tries: TryCounter;
  /** What factors are checked against. */
  readonly factors: FactorStore;
  readonly clock?: Clock;
  /** Those of OpenSC when not given. */
  readonly smartCards?: SmartCards | undefined;
  /** Where badges are held to; none when not given. */
  readonly badgeReader?: BadgeReader | undefined;
  /** Simulated devices only. */
  readonly practice?: boolean;
}

/**
 * Who may do what, for how long. Nothing is open without a person, a reason and a fresh factor, and the start of
 * an access is durable in the audit log before the access exists.
 */
export class AccessControl {
  private readonly audit: AuditLog;
  private readonly background = new Background();
  private readonly known: Factors;
  private readonly signIn: SignIn;
  private readonly accesses: Accesses;
  private readonly clock: Clock;
  private readonly shifts: Shifts;
  private readonly codes: DispatcherCodeFactor;
  private readonly securityKeys: SecurityKeyFactor;
  private readonly enrolment: FactorEnrolment;
  private readonly tries: TryCounter;
  /** Those of this machine. */
  readonly smartCards: SmartCards;
  /** When it locks by itself. */
  readonly idleTime: IdleTime;
  /** What anybody may see of the devices around. */
  readonly tierZero: TierZero;

  private constructor(options: AccessOptions) {
    const { background } = this;
    const { audit, vault, tries } = options;
    this.tries = tries;
    this.smartCards = options.smartCards ?? new Pkcs11Tool();
    this.audit = audit;
    const clock = options.clock ?? systemClock;
    this.clock = clock;
    const { people, factors: kept, practice = false } = options;
    this.securityKeys = new SecurityKeyFactor({ store: kept, people, audit, clock });
    this.codes = new DispatcherCodeFactor({ store: kept, people, audit });
    const desk = options.badgeReader && new BadgeDesk(options.badgeReader, clock);
    // In the order to offer: the weaker, the later.
    const known: readonly Factor[] = [
      new PinFactor(vault),
      new PassphraseFactor(vault),
      this.securityKeys,
      new SmartCardFactor(kept, this.smartCards),
      new OneTimeCodeFactor(kept, clock),
      new BadgeFactor({ store: kept, people, audit, desk }),
      new WitnessFactor({ vault, people, audit }),
      this.codes,
      new RecoveryWordsFactor({ vault, people, audit }),
    ];
    const factors = new Factors(known, tries);
    this.known = factors;
    this.shifts = new Shifts(clock);
    const person = () => this.signIn.current;
    this.accesses = new Accesses({ audit, vault, factors, clock, background, person });
    this.idleTime = new IdleTime({ audit, kept, factors, person });
    const isLocked = () => this.stage === 'locked';
    this.tierZero = new TierZero({ audit, people, clock, practice, isLocked });
    this.enrolment = new FactorEnrolment({ audit, factors, codes: this.codes, clock, person });
    this.signIn = new SignIn({
      ...options,
      clock,
      factors,
      kept,
      practice,
      shifts: this.shifts,
      background,
      registry: new Registry(options),
      leaving: () => this.accesses.suspendAll(),
      entered: (person) => this.accesses.resumeFor(person),
    });
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
    return this.signIn.stage;
  }

  /** Who unlocked the tablet. */
  get person(): PersonSummary | undefined {
    return this.signIn.current && summaryOf(this.signIn.current);
  }

  list(): PersonSummary[] {
    return this.signIn.list();
  }

  /** For every command, before anything of it is done. Throws NOT_ENROLLED, LOCKED, FORBIDDEN; a refusal is a record. */
  async authorise<N extends CommandName>(command: N, input: Commands[N]['in'], practice: boolean): Promise<void> {
    const hasManager = this.list().some(({ role }) => role === 'device-manager');
    const ownOverride = this.accesses.isOwnOverride((input as { readonly accessId?: string } | undefined)?.accessId);
    await this.demand(actionOf(command, input, { hasManager, ownOverride }), command, practice);
  }

  /** As `authorise`, for what no carrier brings. Says who asks: the record of it names them. */
  async authoriseTool(tool: ToolName, practice: boolean): Promise<Pick<AuditFields, 'person' | 'role'>> {
    return (await this.demand(actionOfTool(tool), tool, practice)) ?? {};
  }

  /**
   * As `authoriseTool`, for what cannot be undone: against a fresh factor too. Throws also FACTOR_MISSING, FACTOR_WRONG
   * (triesLeft), FACTOR_WAIT (seconds); a refusal is a record.
   */
  async authoriseFresh(
    tool: ToolName,
    practice: boolean,
    shown: ShownFactor | undefined,
  ): Promise<Pick<AuditFields, 'person' | 'role' | 'factors'>> {
    const who = await this.authoriseTool(tool, practice);
    try {
      await this.known.prove(this.signIn.current?.id ?? '', shown);
    } catch (error) {
      throw await noteRefusal(this.audit, 'accessDenied', error, who);
    }
    return { ...who, factors: this.known.kinds(shown) };
  }

  /** Who has unlocked the tablet, as the log names them. */
  get asking(): Pick<AuditFields, 'person' | 'role'> {
    const { current } = this.signIn;
    return current ? { person: pseudonymOf(current), role: current.role } : {};
  }

  private async demand(action: Action | undefined, asked: string, practice: boolean) {
    // Nobody is there any more, also before the lock has followed.
    const current = this.signIn.isShiftOver ? undefined : this.signIn.current;
    const who = current && { person: pseudonymOf(current), role: current.role };
    if (isAllowed(current?.role ?? 'nobody', action, practice)) return who;
    const kind = current ? 'FORBIDDEN' : this.stage === 'first-run' ? 'NOT_ENROLLED' : 'LOCKED';
    throw await noteRefusal(this.audit, 'accessDenied', new OneBoxError(kind, asked), { ...who });
  }

  /** As `SignIn.enrol`. */
  enrol(entry: Enrolment): Promise<{ person: PersonSummary; recoveryWords: readonly string[] }> {
    return this.signIn.enrol(entry);
  }

  /** As `SignIn.unlock`. Accesses that this person had open when the tablet was locked are open again. */
  unlock(personId: string, ...shown: readonly (ShownFactor | undefined)[]): Promise<PersonSummary> {
    return this.signIn.unlock(personId, ...shown);
  }

  /** Ends the shift of the person who unlocked the tablet. The caller closes what is open, and locks. */
  async endShift(): Promise<void> {
    await this.signIn.endShift();
  }

  /** The shift of the person who unlocked the tablet is over: it has to be locked. */
  get isShiftOver(): boolean {
    return this.signIn.isShiftOver;
  }

  /** What the lock screen has to ask of everybody. */
  get factors(): PersonFactors[] {
    return this.signIn.factorsOfAll();
  }

  /** Dispatcher's codes that are left. */
  get codesLeft(): number {
    return this.codes.left;
  }

  /** Milliseconds since 1970, as the clock stands now. */
  get shiftEndsAt(): number | undefined {
    const left = this.shifts.remainingMs(this.signIn.current?.id ?? '');
    return left === 0 ? undefined : this.clock.unixMs() + left;
  }

  /** As `FactorEnrolment.offer`. */
  offerFactor(kind: AddedKind, shown: ShownFactor | undefined): Promise<FactorOffer> {
    return this.enrolment.offer(kind, shown);
  }

  /** As `SecurityKeyFactor.challenge`. */
  challengeFactor(personId: string): FactorChallenge {
    return this.securityKeys.challenge(personId);
  }

  /** As `FactorEnrolment.add`. */
  addFactor(proof: FactorProof): Promise<void> {
    return this.enrolment.add(proof);
  }

  /** As `FactorEnrolment.makeCodes`. */
  makeDispatcherCodes(shown: ShownFactor | undefined): Promise<readonly string[]> {
    return this.enrolment.makeCodes(shown);
  }

  /** As `SignIn.recover`. */
  recover(words: readonly string[], personId: string, pin: string): Promise<PersonSummary> {
    return this.signIn.recover(words, personId, pin);
  }

  /** Ends all open accesses and forgets the keys, whether or not the log can be written. */
  lock(last: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    this.enrolment.forget();
    return this.signIn.leave(() => this.accesses.suspendAll(), last);
  }

  /** As `Accesses.breakGlass`. */
  breakGlass(request: BreakGlassRequest): Promise<Access> {
    return this.accesses.breakGlass(request);
  }

  /** As `Accesses.cancel`. */
  cancel(deviceKey: string): Promise<void> {
    return this.accesses.cancel(deviceKey);
  }

  /** As `Accesses.noteSeen`. */
  noteSeen(deviceKey: string, about: Pick<BreakGlassRequest, 'transport' | 'practice'>): Promise<void> {
    return this.accesses.noteSeen(deviceKey, about);
  }

  /** As `Accesses.assertOpen`. */
  assertOpen(accessId: string): Access {
    return this.accesses.assertOpen(accessId);
  }

  /** As `Accesses.isOpen`. */
  isOpen(accessId: string): boolean {
    return this.accesses.isOpen(accessId);
  }

  /** Throws ACCESS_UNKNOWN. */
  get(accessId: string): Access {
    return this.accesses.get(accessId);
  }

  all(): Access[] {
    return this.accesses.all();
  }

  /** As `Accesses.extend`. */
  extend(accessId: string, shown: ShownFactor | undefined): Promise<Access> {
    return this.accesses.extend(accessId, shown);
  }

  /** As `Accesses.close`. */
  close(accessId: string, deleted = 0): Promise<Access> {
    return this.accesses.close(accessId, deleted);
  }

  /** As `Accesses.look`. */
  look(): void {
    this.shifts.look();
    this.accesses.look();
  }

  /** Told of every change of an access. */
  onChange(listener: (access: Access) => void): () => void {
    return this.accesses.onChange(listener);
  }

  /** Waits for what is being written behind the scenes. */
  async settled(): Promise<void> {
    await this.background.settled();
    await this.tries.settled();
  }

  /** Locks and stops the timer. The log stays open; `last` still runs while the log can be signed. */
  async stop(last: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    this.accesses.stop();
    await this.settled();
    await this.lock(last);
  }
}
