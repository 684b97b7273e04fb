/**
 * The numbered errors of OneBox (`OB-nnn`). The number is what a user reads out over the phone; the
 * message id leads the user interface to its words (what happened, what it means, what to do).
 * Ranges: link 1xx, protocol 2xx, driver 3xx, session 4xx, access 5xx, audit 6xx, export 7xx, update 8xx.
 * A number is never used for something else again.
 */
export interface ErrorDefinition {
  readonly code: number;
  /** Message id of the catalogue in the user interface. */
  readonly message: string;
  /** Trying again, or a step of the user, can help without a restart. */
  readonly recoverable: boolean;
  /** One English line for logs and the command line: what happened. No data of devices or people. */
  readonly summary: string;
  /** One English line for the command line: what to do. */
  readonly remedy: string;
}

const define = <T extends Record<string, ErrorDefinition>>(table: T): T => table;

export const ERRORS = define({
  // 1xx: links
  LINK_LOST: {
    code: 101,
    message: 'link.lost',
    recoverable: true,
    summary: 'The link to the device was lost.',
    remedy: 'Move closer and read again.',
  },
  LINK_TIMEOUT: {
    code: 102,
    message: 'link.timeout',
    recoverable: true,
    summary: 'The device did not answer in time.',
    remedy: 'Move closer and read again.',
  },
  LINK_ABORTED: {
    code: 103,
    message: 'link.aborted',
    recoverable: true,
    summary: 'The operation was stopped.',
    remedy: 'Start the read again if it is still needed.',
  },
  LINK_REFUSED: {
    code: 104,
    message: 'dev.refused',
    recoverable: false,
    summary: 'The device refused the operation.',
    remedy: 'Use the programmer of its maker.',
  },
  LINK_EMPTY: {
    code: 105,
    message: 'link.empty',
    recoverable: true,
    summary: 'The device answered with nothing where a value is due.',
    remedy: 'Read again; if it repeats, report the device model.',
  },
  LINK_NO_CHANNEL: {
    code: 106,
    message: 'link.channel',
    recoverable: false,
    summary: 'The device has no such characteristic or line.',
    remedy: 'Check that the driver fits the device.',
  },
  LINK_MALFORMED: {
    code: 107,
    message: 'link.malformed',
    recoverable: true,
    summary: 'The device sent a packet that breaks the rules of its link.',
    remedy: 'Read again; keep a recording for the maker.',
  },
  LINK_BUSY: {
    code: 108,
    message: 'dev.busy',
    recoverable: true,
    summary: 'The device is talking to another unit.',
    remedy: 'Remove the other programmer or phone, then read again.',
  },
  LINK_NOT_FOUND: {
    code: 109,
    message: 'link.gone',
    recoverable: true,
    summary: 'The device is not in range any more.',
    remedy: 'Move closer and scan again.',
  },
  BLE_NO_ADAPTER: {
    code: 110,
    message: 'bt.none',
    recoverable: true,
    summary: 'This machine has no Bluetooth adapter.',
    remedy: 'Plug in a Bluetooth LE adapter, or use the serial wand.',
  },
  BLE_OFF: {
    code: 111,
    message: 'bt.off',
    recoverable: true,
    summary: 'Bluetooth is off.',
    remedy: 'Turn Bluetooth on.',
  },
  BLE_DENIED: {
    code: 112,
    message: 'bt.denied',
    recoverable: true,
    summary: 'The system does not allow the use of Bluetooth.',
    remedy: 'Allow it, see onebox doctor.',
  },
  LINK_FAILED: {
    code: 113,
    message: 'link.failed',
    recoverable: true,
    summary: 'The connection could not be made.',
    remedy: 'Move closer and try again.',
  },
  AUTHORISATION_NEEDED: {
    code: 114,
    message: 'link.authorisation',
    recoverable: false,
    summary: 'The device answers only readers that its maker has authorised.',
    remedy: 'Use the reader of its maker.',
  },
  SERIAL_NOT_FOUND: {
    code: 120,
    message: 'ser.none',
    recoverable: true,
    summary: 'There is no such serial port.',
    remedy: 'Check the cable and the name of the port.',
  },
  SERIAL_DENIED: {
    code: 121,
    message: 'ser.denied',
    recoverable: true,
    summary: 'The system does not allow the use of this serial port.',
    remedy: 'Allow it, see onebox doctor.',
  },
  SERIAL_BUSY: {
    code: 122,
    message: 'ser.busy',
    recoverable: true,
    summary: 'Another program uses this serial port.',
    remedy: 'Close the other program.',
  },
  SERIAL_UNPLUGGED: {
    code: 123,
    message: 'wand.out',
    recoverable: true,
    summary: 'The cable was unplugged.',
    remedy: 'Plug it in again; reading continues.',
  },
  LINK_MISUSE: {
    code: 130,
    message: 'link.misuse',
    recoverable: false,
    summary: 'The operation does not exist on this kind of link.',
    remedy: 'Report this fault.',
  },

  // 2xx: protocol
  PROTOCOL_DECODE: {
    code: 201,
    message: 'proto.decode',
    recoverable: false,
    summary: 'A message could not be decoded.',
    remedy: 'Keep the recording and report it.',
  },
  PROTOCOL_INVALID: {
    code: 202,
    message: 'proto.invalid',
    recoverable: false,
    summary: 'A message breaks a rule of onebox.v1.',
    remedy: 'Keep the recording and report it to the author of the driver.',
  },
  PROTOCOL_VERSION: {
    code: 203,
    message: 'proto.version',
    recoverable: false,
    summary: 'The device or file speaks a version that is not known.',
    remedy: 'Update OneBox.',
  },
  DECIMAL_INVALID: {
    code: 204,
    message: 'proto.decimal',
    recoverable: false,
    summary: 'A number is not a decimal number within range.',
    remedy: 'Report it to the author of the driver.',
  },
  UNIT_UNKNOWN: {
    code: 205,
    message: 'proto.unit',
    recoverable: false,
    summary: 'A unit is not a known UCUM unit.',
    remedy: 'Report it to the author of the driver.',
  },
  FRAME_BROKEN: {
    code: 206,
    message: 'proto.frame',
    recoverable: true,
    summary: 'A frame is damaged.',
    remedy: 'Read again.',
  },
  MESSAGE_TOO_LARGE: {
    code: 207,
    message: 'proto.size',
    recoverable: false,
    summary: 'A message is larger than allowed.',
    remedy: 'Report it to the author of the driver.',
  },

  // 3xx: drivers
  MANIFEST_INVALID: {
    code: 301,
    message: 'drv.manifest',
    recoverable: false,
    summary: 'The manifest of the driver is not valid.',
    remedy: 'Mend the named field.',
  },
  DRIVER_UNKNOWN: {
    code: 302,
    message: 'drv.missing',
    recoverable: false,
    summary: 'There is no such driver.',
    remedy: 'See onebox devices for the installed drivers.',
  },
  DRIVER_AMBIGUOUS: {
    code: 303,
    message: 'drv.ambiguous',
    recoverable: true,
    summary: 'Several drivers fit this device equally well.',
    remedy: 'Choose one.',
  },
  DRIVER_CRASHED: {
    code: 310,
    message: 'drv.crash',
    recoverable: true,
    summary: 'The driver stopped with an error.',
    remedy: 'Values read before are kept. Try again, and report the driver.',
  },
  DRIVER_TIMEOUT: {
    code: 311,
    message: 'drv.stall',
    recoverable: true,
    summary: 'The driver did not go on in time and was stopped.',
    remedy: 'Values read before are kept. Try again, and report the driver.',
  },
  DRIVER_MEMORY: {
    code: 312,
    message: 'drv.memory',
    recoverable: true,
    summary: 'The driver used too much memory and was stopped.',
    remedy: 'Values read before are kept. Report the driver.',
  },
  DRIVER_FORBIDDEN: {
    code: 313,
    message: 'drv.forbidden',
    recoverable: false,
    summary: 'The driver asked for something that its manifest does not allow.',
    remedy: 'Report the driver. Do not use it again.',
  },
  DRIVER_FLOOD: {
    code: 314,
    message: 'drv.flood',
    recoverable: false,
    summary: 'The driver reported more than its budget allows and was stopped.',
    remedy: 'Values read before are kept. Report the driver.',
  },
  DRIVER_FINDING: {
    code: 315,
    message: 'drv.finding',
    recoverable: false,
    summary: 'The driver reported a finding that breaks the rules.',
    remedy: 'The finding was left out. Report the driver.',
  },
  DRIVER_BUDGET: {
    code: 316,
    message: 'bud.out',
    recoverable: true,
    summary: 'The budget of the link for this device is used up.',
    remedy: 'Wait, or read the first values only.',
  },
  DRIVER_LOAD: {
    code: 317,
    message: 'drv.load',
    recoverable: false,
    summary: 'The driver could not be loaded.',
    remedy: 'Install it again.',
  },

  // 4xx: sessions, recordings, cases
  SESSION_UNKNOWN: {
    code: 401,
    message: 'session.unknown',
    recoverable: false,
    summary: 'There is no such session.',
    remedy: 'Start a new read.',
  },
  SESSION_RUNNING: {
    code: 402,
    message: 'session.running',
    recoverable: true,
    summary: 'A read of this device is running.',
    remedy: 'Stop it first.',
  },
  DEVICE_UNKNOWN: {
    code: 403,
    message: 'dev.unknown',
    recoverable: true,
    summary: 'No such device was found.',
    remedy: 'Scan again; see onebox devices.',
  },
  NOTHING_READABLE: {
    code: 404,
    message: 'dev.unreadable',
    recoverable: false,
    summary: 'No driver can read this device.',
    remedy: 'Ask for the device card, or call the maker.',
  },
  READ_STOPPED: {
    code: 405,
    message: 'read.stopped',
    recoverable: true,
    summary: 'The read was stopped by the user.',
    remedy: 'Read again if needed.',
  },
  NOT_REACHED: {
    code: 406,
    message: 'read.notReached',
    recoverable: true,
    summary: 'The read ended before this was reached.',
    remedy: 'Read again.',
  },
  RECORDING_INVALID: {
    code: 410,
    message: 'rec.invalid',
    recoverable: false,
    summary: 'This is not a recording that can be replayed.',
    remedy: 'Check the file.',
  },
  RECORDING_DIVERGED: {
    code: 411,
    message: 'rec.diverged',
    recoverable: false,
    summary: 'The driver sent something else than in the recording.',
    remedy: 'Use the driver version of the recording.',
  },
  CASES_INVALID: {
    code: 420,
    message: 'cases.invalid',
    recoverable: false,
    summary: 'A case file could not be read.',
    remedy: 'Check the folder.',
  },
  INPUT_INVALID: {
    code: 430,
    message: 'input.invalid',
    recoverable: true,
    summary: 'The input is not valid.',
    remedy: 'Check the named field.',
  },
  PRACTICE_UNAVAILABLE: {
    code: 440,
    message: 'sim.none',
    recoverable: false,
    summary: 'Simulated devices cannot be started here.',
    remedy: 'See onebox doctor.',
  },

  // 5xx: access
  NOT_ENROLLED: {
    code: 501,
    message: 'acc.enrol',
    recoverable: true,
    summary: 'Nobody is enrolled on this tablet.',
    remedy: 'Enrol first: onebox enrol, or the first-run screen.',
  },
  PERSON_UNKNOWN: {
    code: 502,
    message: 'acc.person',
    recoverable: true,
    summary: 'This person is not enrolled on this tablet.',
    remedy: 'Choose an enrolled person.',
  },
  FACTOR_WRONG: { code: 503, message: 'acc.pin', recoverable: true, summary: 'Wrong PIN.', remedy: 'Try again.' },
  FACTOR_WAIT: {
    code: 504,
    message: 'acc.wait',
    recoverable: true,
    summary: 'Too many wrong tries; a wait is running.',
    remedy: 'Wait the time that is shown.',
  },
  FACTOR_MISSING: {
    code: 505,
    message: 'acc.factor',
    recoverable: true,
    summary: 'A fresh factor is needed.',
    remedy: 'Enter the PIN.',
  },
  REASON_MISSING: {
    code: 506,
    message: 'acc.reason',
    recoverable: true,
    summary: 'A reason is needed.',
    remedy: 'Choose a reason.',
  },
  LOCKED: {
    code: 507,
    message: 'acc.locked',
    recoverable: true,
    summary: 'The tablet is locked.',
    remedy: 'Unlock it.',
  },
  ACCESS_ENDED: {
    code: 508,
    message: 'acc.end',
    recoverable: true,
    summary: 'The access has ended.',
    remedy: 'Break the glass again if it is still needed.',
  },
  ACCESS_UNKNOWN: {
    code: 509,
    message: 'acc.unknown',
    recoverable: false,
    summary: 'There is no such access.',
    remedy: 'Break the glass first.',
  },
  FORBIDDEN: {
    code: 510,
    message: 'acc.forbidden',
    recoverable: false,
    summary: 'This role may not do that.',
    remedy: 'Ask a person with the right role.',
  },
  ENROL_INVALID: {
    code: 511,
    message: 'acc.enrolInvalid',
    recoverable: true,
    summary: 'The enrolment data are not valid.',
    remedy: 'Check name and PIN: the PIN has 6 digits and is not a row or one digit.',
  },
  ALREADY_ENROLLED: {
    code: 512,
    message: 'acc.enrolled',
    recoverable: false,
    summary: 'The first person is enrolled already.',
    remedy: 'Unlock, then add people.',
  },
  VAULT_BROKEN: {
    code: 520,
    message: 'acc.vault',
    recoverable: false,
    summary: 'The key vault of this tablet is damaged.',
    remedy: 'Use the recovery words, or set the tablet up again.',
  },

  // 6xx: audit and records
  AUDIT_WRITE: {
    code: 601,
    message: 'log.write',
    recoverable: true,
    summary: 'The audit log cannot be written.',
    remedy: 'Free space or check the disk.',
  },
  AUDIT_BROKEN: {
    code: 602,
    message: 'log.fault',
    recoverable: false,
    summary: 'The audit log does not match its seal.',
    remedy: 'Report it to the privacy officer.',
  },
  AUDIT_TRUNCATED: {
    code: 603,
    message: 'log.cut',
    recoverable: false,
    summary: 'The audit log is shorter than a checkpoint says.',
    remedy: 'Report it to the privacy officer.',
  },
  AUDIT_FORK: {
    code: 604,
    message: 'log.fork',
    recoverable: false,
    summary: 'The audit log and a checkpoint disagree about the past.',
    remedy: 'Report it to the privacy officer.',
  },
  NOTE_INVALID: {
    code: 605,
    message: 'log.note',
    recoverable: false,
    summary: 'A signed note is not valid.',
    remedy: 'Check the checkpoint file and the key.',
  },
  RECORD_BROKEN: {
    code: 610,
    message: 'rec.broken',
    recoverable: false,
    summary: 'A sealed record cannot be opened.',
    remedy: 'Read the device again.',
  },
  RECORD_GONE: {
    code: 611,
    message: 'rec.gone',
    recoverable: false,
    summary: 'This record was erased.',
    remedy: 'Read the device again.',
  },
  STORE_BUSY: {
    code: 620,
    message: 'store.busy',
    recoverable: true,
    summary: 'Another OneBox uses this data folder.',
    remedy: 'Close the other one.',
  },
  STORE_DENIED: {
    code: 621,
    message: 'store.denied',
    recoverable: true,
    summary: 'The data folder cannot be used.',
    remedy: 'Check its permissions and free space.',
  },

  // 9xx: ours
  INTERNAL: {
    code: 900,
    message: 'internal',
    recoverable: false,
    summary: 'OneBox made a mistake.',
    remedy: 'Go on; report this fault.',
  },
});

export type ErrorName = keyof typeof ERRORS;

/** The one error type of OneBox. `detail` names things of the program or the link; never data of people. */
export class OneBoxError extends Error {
  override readonly name = 'OneBoxError';
  readonly code: number;
  readonly messageId: string;
  readonly recoverable: boolean;

  constructor(
    readonly kind: ErrorName,
    readonly detail = '',
    /** Numbers and codes for the message, e.g. `{ seconds: 60 }`. */
    readonly params: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    const definition = ERRORS[kind];
    super(
      `${errorLabel(definition.code)} ${definition.summary}${detail ? ` (${detail})` : ''} ${definition.remedy}`,
      options,
    );
    this.code = definition.code;
    this.messageId = definition.message;
    this.recoverable = definition.recoverable;
  }

  toJSON(): ErrorReport {
    return {
      code: errorLabel(this.code),
      kind: this.kind,
      message: this.messageId,
      summary: ERRORS[this.kind].summary,
      remedy: ERRORS[this.kind].remedy,
      detail: this.detail,
      params: this.params,
      recoverable: this.recoverable,
    };
  }
}

/** An error as it crosses a process or leaves as JSON. */
export interface ErrorReport {
  readonly code: string;
  readonly kind: ErrorName;
  readonly message: string;
  readonly summary: string;
  readonly remedy: string;
  readonly detail: string;
  readonly params: Readonly<Record<string, string | number>>;
  readonly recoverable: boolean;
}

/** `113` -> `OB-113`. */
export function errorLabel(code: number): string {
  return `OB-${String(code).padStart(3, '0')}`;
}

export function isOneBoxError(error: unknown, kind?: ErrorName): error is OneBoxError {
  return error instanceof OneBoxError && (kind === undefined || error.kind === kind);
}

/** Anything thrown becomes one of ours; what is not ours becomes INTERNAL with the original as cause. */
export function toOneBoxError(error: unknown, kind: ErrorName = 'INTERNAL'): OneBoxError {
  if (error instanceof OneBoxError) return error;
  return new OneBoxError(kind, error instanceof Error ? error.name : typeof error, {}, { cause: error });
}

/** The reverse of `toJSON`, for what comes over a process boundary. */
export function fromReport(report: ErrorReport): OneBoxError {
  return new OneBoxError(report.kind in ERRORS ? report.kind : 'INTERNAL', report.detail, report.params);
}

export function errorByCode(code: number): ErrorName | undefined {
  return (Object.keys(ERRORS) as ErrorName[]).find((name) => ERRORS[name].code === code);
}
