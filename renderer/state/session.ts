import type {
  AccessSummary,
  AddedKind,
  Closed,
  CommandName,
  Commands,
  Decommissioned,
  DeviceList,
  DeviceRow,
  Factor,
  FactorOffer,
  FactorProof,
  FirstSecret,
  GatewayApi,
  GatewayEvent,
  IdentityList,
  Known,
  Reason,
  ReviewDecision,
  ReviewList,
  Role,
  Status,
} from '@onebox/gateway/api.js';
import type { Card, Strip } from '@onebox/gateway/card/model.js';
import { type ErrorReport, toOneBoxError } from '@onebox/protocol/errors.js';
import { joinLive } from './live.js';
import { base64Of } from './read-file.js';
import { Store } from './store.js';

export type View =
  | { readonly kind: 'devices' }
  | { readonly kind: 'reviews' }
  | { readonly kind: 'unknown'; readonly deviceId: string }
  | { readonly kind: 'access'; readonly accessId: string }
  | { readonly kind: 'closed'; readonly closed: Closed };

export interface AppState {
  /** `refused`: the gateway could not be opened; the newest fault says why. */
  readonly contact: 'starting' | 'up' | 'refused' | 'lost';
  readonly status?: Status;
  readonly devices?: DeviceList;
  /** Tier 0, on the locked tablet. */
  readonly identities?: IdentityList;
  /** First run is being walked through; it goes on after the first person is enrolled. */
  readonly setup: boolean;
  readonly view: View;
  /** The break-glass sheet, open for this device. */
  readonly asking?: DeviceRow;
  readonly access?: AccessSummary;
  readonly card?: Card;
  readonly live?: Strip;
  /** This tablet is no more; nothing else is shown. */
  readonly over?: Decommissioned;
  /** For the privacy officer. */
  readonly reviews?: ReviewList;
  /** Newest first. */
  readonly faults: readonly ErrorReport[];
}

const MAX_FAULTS = 5;
const LINK_FAULTS = /^(link\.|wand\.|dev\.busy)/;

/** The state of the user interface and what it may do. One gateway, one open access at a time. */
export class Session {
  readonly store = new Store<AppState>({ contact: 'starting', setup: false, view: { kind: 'devices' }, faults: [] });

  constructor(readonly api: GatewayApi) {}

  async start(): Promise<void> {
    this.api.subscribe((event) => this.receive(event));
    try {
      this.takeStatus(await this.api.call('status'));
    } catch (error) {
      this.fault(error);
      if (this.store.get().contact === 'starting') this.store.update({ contact: 'refused' });
    }
  }

  lost(): void {
    this.store.update({ contact: 'lost' });
  }

  /** Runs a command; an error is shown as a fault and gives undefined. */
  async run<N extends CommandName>(
    name: N,
    ...args: Commands[N]['in'] extends undefined ? [] : [Commands[N]['in']]
  ): Promise<Commands[N]['out'] | undefined> {
    try {
      return await this.api.call(name, ...args);
    } catch (error) {
      this.fault(error);
      return undefined;
    }
  }

  /** Runs a command that answers nothing; true when it was done. */
  async did(
    name: 'recordSeen' | 'stopReading' | 'readAgain' | 'cancelBreakGlass',
    input: { readonly deviceId: string } | { readonly accessId: string },
  ): Promise<boolean> {
    try {
      await this.api.call(name, input as never);
      return true;
    } catch (error) {
      this.fault(error);
      return false;
    }
  }

  async enrol(displayName: string, role: Role, secret: FirstSecret): Promise<readonly string[]> {
    const { recoveryWords } = await this.api.call('enrol', { displayName, role, ...secret });
    this.takeStatus(await this.api.call('status'));
    return recoveryWords;
  }

  async finishSetup(): Promise<void> {
    this.store.update({ setup: false });
    if (this.store.get().status?.stage === 'unlocked') await this.scan();
  }

  /** Rejects with an OneBoxError, which the lock screen shows. */
  async unlock(personId: string, factor: Known, second?: Factor): Promise<void> {
    this.takeStatus(await this.api.call('unlock', { personId, factor, ...(second ? { second } : {}) }));
  }

  /** Begins to enrol one more factor. Rejects with an OneBoxError, which the sheet shows. */
  async offerFactor<K extends AddedKind>(kind: K, factor: Factor): Promise<Extract<FactorOffer, { readonly kind: K }>> {
    const offer = await this.api.call('offerFactor', { kind, factor });
    return offer as Extract<FactorOffer, { readonly kind: K }>;
  }

  /** Ends it. Rejects with an OneBoxError, which the sheet shows. */
  async addFactor(proof: FactorProof): Promise<void> {
    this.takeStatus(await this.api.call('addFactor', { proof }));
  }

  /** A new PIN by the recovery words. Rejects with an OneBoxError, which the lock screen shows. */
  async recover(personId: string, words: readonly string[], pin: string): Promise<void> {
    this.takeStatus(await this.api.call('recover', { personId, words, pin }));
  }

  /** Tier 0. Rejects with an OneBoxError, which the lock screen shows. */
  async emergency(reason: Reason, witnessId: string): Promise<void> {
    const identities = await this.api.call('openTierZero', { reason, witnessId });
    this.store.update({ identities });
  }

  async leaveEmergency(): Promise<void> {
    if (!this.store.get().identities) return;
    this.forget('identities');
    await this.run('closeTierZero');
  }

  async endShift(): Promise<void> {
    const status = await this.run('endShift');
    if (status) this.takeStatus(status);
  }

  /** Rejects with an OneBoxError, which the sheet shows. */
  async setIdle(minutes: number, factor: Factor): Promise<void> {
    this.takeStatus(await this.api.call('setIdle', { minutes, factor }));
  }

  /** The end of this tablet. Rejects with an OneBoxError, which the sheet shows. */
  async decommission(confirm: string, factor: Factor): Promise<void> {
    this.store.update({ over: await this.api.call('decommission', { confirm, factor }) });
  }

  async lock(): Promise<void> {
    const status = await this.run('lock');
    if (status) this.takeStatus(status);
  }

  async scan(): Promise<void> {
    const list = await this.run('startScan');
    if (list) this.store.update({ devices: list });
  }

  showDevices(): void {
    this.store.update({ view: { kind: 'devices' }, faults: [] });
    void this.scan();
  }

  /** What the privacy officer has to decide. */
  async showReviews(): Promise<void> {
    this.store.update({ view: { kind: 'reviews' }, faults: [] });
    const reviews = await this.run('reviews');
    if (reviews) this.store.update({ reviews });
  }

  /** Rejects with an OneBoxError, which the screen shows. */
  async decideReview(accessId: string, decision: ReviewDecision): Promise<ReviewList> {
    const reviews = await this.api.call('decideReview', { accessId, decision });
    this.store.update({ reviews });
    return reviews;
  }

  /** A touched row: break glass when it can be read, else what can be done instead. */
  choose(device: DeviceRow): void {
    const { access } = this.store.get();
    if (access?.state === 'open' && access.deviceId === device.id) void this.showAccess(access.accessId);
    else if (device.readable) this.store.update({ asking: device });
    else this.store.update({ view: { kind: 'unknown', deviceId: device.id } });
  }

  /** Hands a file over, and goes on as if its row had been touched. */
  async openFile(file: File): Promise<void> {
    const row = await this.run('openFile', { name: file.name.slice(0, 255), content: await base64Of(file) });
    if (row) this.choose(row);
  }

  async cancelAsking(): Promise<void> {
    const { asking } = this.store.get();
    this.forget('asking');
    if (asking) await this.run('cancelBreakGlass', { deviceId: asking.id });
  }

  /** Rejects with an OneBoxError, which the sheet shows. */
  async breakGlass(
    device: DeviceRow,
    reason: Reason,
    factor: Factor,
    {
      driverId,
      override = false,
      serialEnd,
    }: {
      readonly driverId?: string | undefined;
      readonly override?: boolean;
      /** Of the patient's device, where somebody has read it off. */
      readonly serialEnd?: string | undefined;
    } = {},
  ): Promise<void> {
    const access = await this.api.call('breakGlass', {
      deviceId: device.id,
      reason,
      factor,
      ...(driverId === undefined ? {} : { driverId }),
      ...(override ? { override } : {}),
    });
    this.forget('asking', 'live');
    const { card } = this.store.get();
    if (card?.accessId !== access.accessId) this.forget('card');
    this.store.update({ access, view: { kind: 'access', accessId: access.accessId }, faults: [] });
    if (serialEnd !== undefined) await this.run('confirmMatch', { accessId: access.accessId, serialEnd });
    await this.takeCard(access.accessId);
  }

  /** Rejects with an OneBoxError, which the sheet shows. */
  async extend(accessId: string, factor: Factor): Promise<void> {
    const access = await this.api.call('extendAccess', { accessId, factor });
    this.store.update({ access, faults: [] });
  }

  async showAccess(accessId: string): Promise<void> {
    this.store.update({ view: { kind: 'access', accessId }, faults: [] });
    const access = await this.run('access', { accessId });
    if (access) this.store.update({ access });
    await this.takeCard(accessId);
  }

  async close(accessId: string): Promise<void> {
    const closed = await this.api.call('close', { accessId });
    this.forget('access', 'card', 'live');
    this.store.update({ view: { kind: 'closed', closed }, faults: [] });
  }

  dismissFaults(): void {
    this.store.update({ faults: [] });
  }

  private async takeCard(accessId: string): Promise<void> {
    const card = await this.run('card', { accessId });
    // An event may have brought a newer one while the answer was under way.
    if (card && this.store.get().card?.accessId !== accessId) this.store.update({ card });
  }

  private takeStatus(status: Status): void {
    const before = this.store.get();
    const unlocked = status.stage === 'unlocked' && before.status?.stage !== 'unlocked';
    this.store.update({ status, contact: 'up', setup: before.setup || status.stage === 'first-run' });
    if (status.stage !== 'unlocked' && before.status?.stage === 'unlocked') {
      this.forget('asking', 'card', 'live', 'devices', 'access', 'reviews');
      this.store.update({ view: { kind: 'devices' }, faults: [] });
    }
    if (!unlocked || this.store.get().setup) return;
    if (status.openAccess) void this.showAccess(status.openAccess);
    else if (status.person?.role === 'privacy-officer') void this.showReviews();
    else void this.scan();
  }

  private receive(event: GatewayEvent): void {
    const state = this.store.get();
    switch (event.type) {
      case 'status':
        this.takeStatus(event.status);
        break;
      case 'devices':
        this.store.update({ devices: event.list });
        break;
      case 'identities':
        if (state.identities) this.store.update({ identities: event.list });
        break;
      case 'card':
        this.store.update({ card: event.card, faults: this.faultsAfter(event.card) });
        break;
      case 'access':
        this.store.update({ access: event.access });
        break;
      case 'live':
        this.store.update({ live: joinLive(state.live, event.strip) });
        break;
      case 'fault':
        this.pushFault(event.error);
        break;
    }
  }

  /** When the link is back, what was said of its loss is over. */
  private faultsAfter(card: Card): readonly ErrorReport[] {
    const { card: before, faults } = this.store.get();
    const back = card.read.link === 'up' && before?.read.link !== 'up';
    return back ? faults.filter((fault) => !LINK_FAULTS.test(fault.message)) : faults;
  }

  private fault(error: unknown): void {
    this.pushFault(toOneBoxError(error).toJSON());
  }

  private pushFault(report: ErrorReport): void {
    const others = this.store.get().faults.filter((fault) => fault.code !== report.code);
    this.store.update({ faults: [report, ...others].slice(0, MAX_FAULTS) });
  }

  private forget(
    ...names: readonly ('asking' | 'access' | 'card' | 'live' | 'devices' | 'reviews' | 'identities')[]
  ): void {
    const next: Record<string, unknown> = { ...this.store.get() };
    for (const name of names) delete next[name];
    this.store.set(next as unknown as AppState);
  }
}
