import type { ErrorReport } from '@onebox/protocol/errors.js';
import type { Card, EpisodeRow, PatientMatch, Strip, Tile, Trend } from './card/model.js';
import type { ReviewDecision, ReviewList } from './review/model.js';

export * from './review/model.js';

/**
 * The one contract between the gateway and whoever shows it: commands with one answer each, and one
 * stream of events. Everything is plain data that survives structured clone and JSON.
 */

export type Reason =
  | 'unresponsive'
  | 'arrest-or-shock'
  | 'life-threatening'
  | 'device-alarm'
  | 'surgery-imaging-transfer'
  | 'patient-agrees';
export const REASONS: readonly Reason[] = [
  'unresponsive',
  'arrest-or-shock',
  'life-threatening',
  'device-alarm',
  'surgery-imaging-transfer',
  'patient-agrees',
];

export type Role = 'responder' | 'clinician' | 'privacy-officer' | 'device-manager' | 'service';

/** What a person knows: it opens the keys of the tablet. */
export type Known =
  | { readonly kind: 'pin'; readonly pin: string }
  | { readonly kind: 'passphrase'; readonly passphrase: string };

/** What a person is enrolled with, and the vault opens by: six digits, or a passphrase instead. */
export type FirstSecret = { readonly pin: string } | { readonly passphrase: string };

/** A factor as it is shown by a person. */
export type Factor =
  | Known
  /** Of an authenticator app (RFC 6238). */
  | { readonly kind: 'one-time-code'; readonly code: string }
  /** Of the tablet, from paper. */
  | { readonly kind: 'recovery-words'; readonly words: readonly string[] }
  /** Another enrolled person, with what that person knows. */
  | { readonly kind: 'witness'; readonly personId: string; readonly factor: Known }
  /** Read out by the dispatcher, from the list of this tablet. */
  | { readonly kind: 'dispatcher-code'; readonly code: string }
  /** A PIV card in a reader of this machine, with the card's own PIN. */
  | { readonly kind: 'smart-card'; readonly cardPin: string }
  /** Held to the reader of this machine, which says which badge it is. */
  | { readonly kind: 'badge' }
  /** A FIDO2 key that was touched: what the page got of it, Base64url. */
  | {
      readonly kind: 'security-key';
      readonly credentialId: string;
      readonly clientDataJSON: string;
      readonly authenticatorData: string;
      readonly signature: string;
    };

export type FactorKind = Factor['kind'];

/** Factors that a person enrols beside the one of the enrolment. */
export type AddedKind = 'passphrase' | 'one-time-code' | 'security-key' | 'smart-card' | 'badge';

/** What the person needs to enrol a factor, e.g. to set up an authenticator app. */
export type FactorOffer =
  | { readonly kind: 'passphrase' }
  | {
      readonly kind: 'one-time-code';
      /** Base32, for typing. */
      readonly secret: string;
      /** otpauth:// of the key URI format. */
      readonly uri: string;
    }
  /** The card that was found. */
  | { readonly kind: 'smart-card'; readonly serial: string; readonly label: string }
  /** Where the badge has to be held to. */
  | { readonly kind: 'badge'; readonly reader: string }
  | {
      readonly kind: 'security-key';
      /** Base64url, as all bytes here. */
      readonly challenge: string;
      readonly rpId: string;
      readonly userId: string;
      /** COSE numbers, the best first. */
      readonly algorithms: readonly number[];
      /** Keys of this person that are enrolled already. */
      readonly exclude: readonly string[];
    };

/** What a factor has to sign or answer before it can be shown. Good once, for two minutes. */
export interface FactorChallenge {
  readonly kind: 'security-key';
  /** Base64url. */
  readonly challenge: string;
  readonly rpId: string;
  /** Keys that may answer; Base64url. */
  readonly credentialIds: readonly string[];
}

/** Answers an offer: shows that the factor works. */
export type FactorProof =
  | Extract<Factor, { readonly kind: 'passphrase' | 'one-time-code' | 'smart-card' | 'badge' }>
  | {
      readonly kind: 'security-key';
      readonly credentialId: string;
      readonly clientDataJSON: string;
      readonly attestationObject: string;
    };

/** What the lock screen has to ask of a person. */
export interface PersonFactors {
  readonly personId: string;
  /** Enrolled, in the order to offer. */
  readonly kinds: readonly FactorKind[];
  /** A shift has to begin: a second factor of another kind is asked for. */
  readonly secondNeeded: boolean;
}

export type MatchLevel = 'certain' | 'likely' | 'possible' | 'unknown';
export type SignalLevel = 'strong' | 'medium' | 'weak' | 'very-weak';

export interface DriverSummary {
  readonly id: string;
  readonly version: string;
  readonly vendor: string;
  readonly deviceClasses: readonly string[];
  /** What it takes this device for. */
  readonly deviceClass: string;
  /** Message ids that say why it fits, with parameters. */
  readonly why: readonly MatchReason[];
  /** It cannot read such a device without the maker: practice and recordings excepted. */
  readonly needsMaker: boolean;
  /** Cardiac: shown in the break-glass sheet. */
  readonly magnet?: { readonly duringRead: 'ignored' | 'honoured' | 'unknown'; readonly afterReadSeconds: number };
}

/** A driver that is installed. */
export interface DriverRow {
  readonly id: string;
  readonly version: string;
  readonly vendor: string;
  readonly deviceClasses: readonly string[];
  readonly transport: readonly ('ble' | 'serial' | 'file')[];
  /** Whose authorisation its devices need: the maker's, which we do not have, or the driver's own. */
  readonly authorisation?: 'maker' | 'driver';
  /** On the quality scale; drivers that came as packages have none. */
  readonly tier?: 'bronze' | 'silver' | 'gold' | 'platinum';
  /** Of one that came as a package: names of both keys; `nobody` in developer mode. Others came with the application. */
  readonly signedBy?: { readonly vendor: string; readonly reviewer: string } | 'nobody';
  /** A version that is here and does not run, with the number of the error. `blocked`: no other version runs either. */
  readonly refused?: { readonly version: string; readonly code: number; readonly blocked: boolean };
}

/** A message id and its parameters. */
export interface MatchReason {
  readonly id: string;
  readonly params?: Readonly<Record<string, string | number>>;
}

export interface DeviceRow {
  readonly id: string;
  readonly transport: 'ble' | 'serial' | 'file';
  readonly deviceClass: string;
  /** The device's own words; of a cable its maker and product; of a file its name. */
  readonly name?: string;
  /** Path of the serial port. */
  readonly port?: string;
  /** The last four characters of the serial number at most, and only where advertised. */
  readonly serialTail?: string;
  readonly match: MatchLevel;
  /** Message ids that say why, with parameters. */
  readonly why: readonly MatchReason[];
  readonly signal?: SignalLevel;
  readonly rssi?: number;
  /** Best first; more than one with the same score: the user chooses. */
  readonly drivers: readonly (DriverSummary & { readonly score: number })[];
  readonly readable: boolean;
  /** The driver that fits best needs the maker's authorisation. */
  readonly needsMaker: boolean;
  readonly practice: boolean;
  readonly companyId?: number;
  readonly firstHeard: number;
  readonly lastHeard: number;
}

export interface DeviceList {
  /** In the order to show. */
  readonly devices: readonly DeviceRow[];
  /** Radios without medical meaning that are not listed. */
  readonly hidden: number;
  readonly scanning: boolean;
  /** What keeps us from scanning, per transport. */
  readonly faults: readonly ErrorReport[];
}

/** Tier 0: the identity card of a device. Neither its name nor its number, which may tell of a patient. */
export interface IdentityRow {
  /** Of this list only. */
  readonly key: string;
  readonly transport: 'ble' | 'serial';
  readonly deviceClass: string;
  /** Assigned number of the Bluetooth SIG, and the company it stands for where we know it. */
  readonly companyId?: number;
  readonly company?: string;
  readonly match: MatchLevel;
  /** The driver that fits best: it could be read after unlocking. */
  readonly driver?: string;
  readonly signal?: SignalLevel;
  readonly practice: boolean;
}

export interface IdentityList {
  readonly rows: readonly IdentityRow[];
  /** Milliseconds since 1970. */
  readonly endsAt: number;
  readonly faults: readonly ErrorReport[];
}

export interface PersonSummary {
  readonly id: string;
  readonly displayName: string;
  readonly role: Role;
}

/** What the break-glass sheet says of an access: pages hold no such numbers of their own. */
export interface BreakGlassTerms {
  /** How long an access lasts at first, and what its one extension adds. */
  readonly minutes: number;
  readonly extensionMinutes: number;
  readonly pinDigits: number;
  /** In the order to show. */
  readonly reasons: readonly Reason[];
}

/** Whether the keys of the tablet need the system's secret store besides its people. */
export interface KeyStoreState {
  /** The store that seals them, as the system calls it. */
  readonly sealedBy?: string;
  /**
   * Why none does: no window (the command), none on this system, one that keeps nothing secret, practice; not unlocked
   * since there is one; it refused.
   */
  readonly none?: 'no-window' | 'none' | 'plain-text' | 'practice' | 'not-yet' | 'refused';
}

export interface Status {
  readonly version: string;
  readonly practice: boolean;
  /** Drivers that nobody has signed may run: every screen says so. */
  readonly developer: boolean;
  readonly stage: 'first-run' | 'locked' | 'unlocked';
  readonly people: readonly PersonSummary[];
  readonly person?: PersonSummary;
  /** Of each person of `people`. */
  readonly factors: readonly PersonFactors[];
  /** Dispatcher's codes that are left on the list of this tablet. */
  readonly dispatcherCodes: number;
  /** How many digits codes have. */
  readonly codeDigits: Readonly<Record<'one-time-code' | 'dispatcher-code', number>>;
  /** End of the shift of `person`, milliseconds since 1970. */
  readonly shiftEndsAt?: number;
  readonly drivers: number;
  readonly breakGlass: BreakGlassTerms;
  /** The role of this person reads no devices: only an emergency overrides that. */
  readonly override: boolean;
  readonly preflight: readonly PreflightRow[];
  readonly audit: {
    readonly entries: number;
    readonly intact: boolean;
    readonly error?: ErrorReport;
    /** Records of what happened that the disk has refused; they wait in memory. */
    readonly waiting?: number;
  };
  /** Milliseconds since 1970 until which the magnet of a device read before may have no effect. */
  readonly magnetUntil?: number;
  readonly openAccess?: string;
  /** Name of the reader of badges that this machine has. */
  readonly badgeReader?: string;
  /** This machine has what smart cards are asked through; whether one is plugged in is seen when it is asked. */
  readonly smartCards: boolean;
  /** Minutes without use after which the tablet locks, and what can be set. */
  readonly idle: { readonly minutes: number; readonly shortest: number; readonly longest: number };
  readonly keyStore: KeyStoreState;
}

export interface PreflightRow {
  readonly transport: 'ble' | 'serial' | 'file';
  readonly name: string;
  readonly usable: boolean;
  readonly error?: ErrorReport;
  readonly mend?: string;
}

export interface AccessSummary {
  readonly accessId: string;
  readonly reference: string;
  readonly deviceId: string;
  readonly deviceClass: string;
  readonly person: PersonSummary;
  readonly reason: Reason;
  readonly openedAt: number;
  readonly endsAt: number;
  readonly state: 'open' | 'ended' | 'closed';
  /** Its one extension was not given yet. */
  readonly extendable: boolean;
  /** Against the rule of the person's role: all of it is reviewed. */
  readonly override: boolean;
}

/** A record that the disk has refused so far. */
export interface WaitingRecord {
  readonly index: number;
  readonly at: number;
  /** Message id of the event. */
  readonly event: string;
  /** For a QR code: the bytes of the record in base64url behind a word that says what it is. */
  readonly code: string;
}

export interface AuditRow {
  readonly index: number;
  readonly at: number;
  /** Message id of the event. */
  readonly event: string;
  readonly outcome: 'success' | 'minor' | 'serious' | 'major';
  readonly error?: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly driver?: string;
}

export interface Closed {
  /** Items deleted from the tablet. */
  readonly deleted: number;
  readonly closedAt: number;
  readonly magnetUntil?: number;
}

/** A sealed record as those see it who look after the tablet: nothing of what was read, nothing of the device. */
export interface KeptRow {
  /** Of its access, e.g. `A-2026-17`. */
  readonly reference: string;
  readonly startedAt: number;
  /** Milliseconds since 1970: it is gone then at the latest. */
  readonly dueAt: number;
  readonly bytes: number;
}

/** The proof that an entry is in the log, as a `.tlog-proof`. */
export interface EntryReceipt {
  readonly entry: number;
  readonly text: string;
}

/** What a back-up holds. */
export interface BackupSummary {
  /** Id of the log of the tablet that it is of, in hex. */
  readonly log: string;
  readonly madeAt: number;
  readonly people: number;
  readonly drivers: number;
  readonly keys: number;
}

export interface Restored extends BackupSummary {
  /** Who is new on this tablet, with the PIN to begin with: it is shown this once. */
  readonly added: readonly (Omit<PersonSummary, 'id'> & { readonly pin: string })[];
  /** Packages that do not go on it: the tablet has the same driver, as new or newer, or wants a newer one. */
  readonly skipped: readonly string[];
}

/** What a decommissioning destroys, in numbers. */
export interface Inventory {
  readonly records: number;
  readonly people: number;
  readonly drivers: number;
  readonly keys: number;
}

export interface Decommissioned extends Inventory {
  /** The entry of the log that says it, and its receipt; none when no signed checkpoint covers it. */
  readonly entry: number;
  readonly receipt?: string;
  /** C2SP verifier key of the log. */
  readonly key: string;
}

/** A hand-over: one encrypted file, and what opens it. Only whoever asked for it ever has the words. */
export interface HandedOver {
  /** Of no patient and no device. */
  readonly fileName: string;
  /** Bytes of the `.obx` file in Base64. */
  readonly content: string;
  /** Its passphrase, with one blank between the words. */
  readonly words: readonly string[];
  readonly values: number;
  readonly episodes: number;
  readonly strips: number;
  readonly trends: number;
  /** Live values and live strips: of each value only the last is in the file. */
  readonly leftOut: number;
  readonly practice: boolean;
  /** All that was wanted had been read. */
  readonly complete: boolean;
}

/** Every command: name, argument, answer. Errors come back as `ErrorReport`. */
export interface Commands {
  status: { in: undefined; out: Status };
  enrol: {
    in: { displayName: string; role: Role } & FirstSecret;
    out: { person: PersonSummary; recoveryWords: readonly string[] };
  };
  /** `second`, of another kind, begins a shift; within a shift one factor is enough. */
  unlock: { in: { personId: string; factor: Factor; second?: Factor }; out: Status };
  /** A new PIN by the recovery words of the tablet. Unlocks, and begins a shift. */
  recover: { in: { personId: string; words: readonly string[]; pin: string }; out: Status };
  /** Ends the shift of the person who unlocked the tablet: closes all that is open, and locks. */
  endShift: { in: undefined; out: Status };
  /** On a locked tablet, without a factor: what devices say of themselves to anybody. Nothing is sent to a device. */
  openTierZero: { in: { reason: Reason; witnessId: string }; out: IdentityList };
  closeTierZero: { in: undefined; out: undefined };
  /** Begins to enrol one more factor of the person who unlocked the tablet, with a fresh factor. */
  offerFactor: { in: { kind: AddedKind; factor: Factor }; out: FactorOffer };
  /** For a factor of this person that has to sign something. Asked at the lock screen too. */
  challengeFactor: { in: { personId: string; kind: 'security-key' }; out: FactorChallenge };
  /** Ends it: the factor counts from here on. */
  addFactor: { in: { proof: FactorProof }; out: Status };
  /** A new list of dispatcher's codes, shown once; the list before is void. */
  dispatcherCodes: { in: { factor: Factor }; out: { readonly codes: readonly string[] } };
  lock: { in: undefined; out: Status };
  drivers: { in: undefined; out: readonly DriverRow[] };
  startScan: { in: undefined; out: DeviceList };
  stopScan: { in: undefined; out: DeviceList };
  /**
   * A file that a device's programmer exported, its bytes in Base64: one more entry of the device list, read like any
   * other. Not in practice mode.
   */
  openFile: { in: { name: string; content: string }; out: DeviceRow };
  /** `override`: by somebody whose role reads no devices, in an emergency. */
  breakGlass: {
    in: { deviceId: string; driverId?: string; reason: Reason; factor: Factor; override?: true };
    out: AccessSummary;
  };
  cancelBreakGlass: { in: { deviceId: string }; out: undefined };
  /** Its one extension, against a fresh factor, also just after its end. */
  extendAccess: { in: { accessId: string; factor: Factor }; out: AccessSummary };
  stopReading: { in: { accessId: string }; out: undefined };
  readAgain: { in: { accessId: string }; out: undefined };
  /** Compares the serial number with its last four characters as somebody reads them off: at once, or once it is read. */
  confirmMatch: { in: { accessId: string; serialEnd: string }; out: PatientMatch };
  card: { in: { accessId: string }; out: Card };
  values: { in: { accessId: string }; out: readonly ValueGroup[] };
  episodes: { in: { accessId: string }; out: readonly EpisodeRow[] };
  strip: { in: { accessId: string; stripId: string }; out: Strip };
  strips: { in: { accessId: string }; out: readonly Pick<Strip, 'id' | 'episodeId' | 'live' | 'time'>[] };
  trends: { in: { accessId: string }; out: readonly Trend[] };
  access: { in: { accessId: string }; out: AccessSummary };
  auditOfAccess: {
    in: { accessId: string };
    out: { readonly rows: readonly AuditRow[]; readonly intact: boolean; readonly entries: number };
  };
  /** What the disk has refused to take, for the screen; empty when all is written. */
  waitingRecords: { in: undefined; out: readonly WaitingRecord[] };
  /** What is to be reviewed; the look is a record. For the privacy officer. */
  reviews: { in: undefined; out: ReviewList };
  decideReview: { in: { accessId: string; decision: ReviewDecision }; out: ReviewList };
  /** The sealed records that are kept. This and what follows: for the device manager, or also the privacy officer. */
  records: { in: undefined; out: readonly KeptRow[] };
  /** Those of one access, by its reference, or all. */
  eraseRecords: {
    in: { order: { readonly all: true } | { readonly access: string }; factor: Factor };
    out: { readonly records: number; readonly entries: readonly number[] };
  };
  /** Proof of an entry, e.g. of one that says that a record is gone. */
  receipt: { in: { entry: number }; out: EntryReceipt };
  /** The configuration as a sealed file (Base64), the words that open it, and the key of the log that signed it. */
  backUp: {
    in: { factor: Factor };
    out: BackupSummary & { readonly file: string; readonly words: readonly string[]; readonly key: string };
  };
  /** Of a file in Base64. `key`: of the log of another tablet, whose back-ups are believed too. */
  restore: { in: { file: string; passphrase: string; key?: string; factor: Factor }; out: Restored };
  /** When the tablet locks by itself. For the device manager. */
  setIdle: { in: { minutes: number; factor: Factor }; out: Status };
  /** What a decommissioning would destroy, and the code that confirms it. */
  tabletInventory: { in: undefined; out: Inventory & { readonly code: string } };
  /** The end of this tablet. After the answer the gateway is closed: every command is refused with TABLET_OVER. */
  decommission: { in: { confirm: string; factor: Factor }; out: Decommissioned };
  /** What was read as one encrypted file in the formats of hospitals. Nothing of it is given in clear. */
  handOver: { in: { accessId: string }; out: HandedOver };
  recordSeen: { in: { deviceId: string }; out: undefined };
  close: { in: { accessId: string }; out: Closed };
}

export interface ValueGroup {
  /** Message id: group.alerts, group.measurements, group.settings, group.counters, group.identity. */
  readonly id: string;
  readonly tiles: readonly Tile[];
}

export type GatewayEvent =
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'devices'; readonly list: DeviceList }
  | { readonly type: 'identities'; readonly list: IdentityList }
  | { readonly type: 'card'; readonly card: Card }
  | { readonly type: 'access'; readonly access: AccessSummary }
  | { readonly type: 'live'; readonly accessId: string; readonly strip: Strip }
  | { readonly type: 'fault'; readonly accessId?: string; readonly error: ErrorReport };

export type CommandName = keyof Commands;

/** What a user interface holds. `call` rejects with an OneBoxError. */
export interface GatewayApi {
  call<N extends CommandName>(
    name: N,
    ...args: Commands[N]['in'] extends undefined ? [] : [Commands[N]['in']]
  ): Promise<Commands[N]['out']>;
  subscribe(listener: (event: GatewayEvent) => void): () => void;
}
