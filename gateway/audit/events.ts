import type { FactorKind, Reason, Role } from '../api.js';

/**
 * The catalogue of audit events. The number stands in the log for ever and is never used for something
 * else; the message id is `audit.<name>`. `dicom` are event id and event type code of DICOM PS3.15
 * annex A.5 (DCM); `numbers` are the only named numbers that the event may carry.
 */
export interface EventDefinition {
  readonly number: number;
  readonly dicom: { readonly id: number; readonly type?: number };
  readonly outcome: Outcome;
  readonly numbers: readonly string[];
}

/** DICOM outcome: 0 success, 4 minor, 8 serious, 12 major failure. */
export type Outcome = 0 | 4 | 8 | 12;

const APPLICATION_ACTIVITY = 110100;
const AUDIT_LOG_USED = 110101;
const EXPORT = 110106;
const PATIENT_RECORD = 110110;
const SECURITY_ALERT = 110113;
const USER_AUTHENTICATION = 110114;

const APPLICATION_START = 110120;
const APPLICATION_STOP = 110121;
const LOGIN = 110122;
const LOGOUT = 110123;
const OVERRIDE_STARTED = 110127;
const SOFTWARE_CONFIGURATION = 110131;
const RESTRICTED_FUNCTION = 110132;
const OVERRIDE_STOPPED = 110138;
const SECURITY_ATTRIBUTES_CHANGED = 110137;
const SESSION_STARTED = 110145;
const SESSION_STOPPED = 110146;

const event = <const N extends readonly string[]>(
  number: number,
  id: number,
  type: number | undefined,
  outcome: Outcome,
  numbers: N,
) => ({
  number,
  dicom: type === undefined ? { id } : { id, type },
  outcome,
  numbers,
});

const READ = ['read', 'refused', 'failed', 'bytesReceived', 'bytesSent', 'linksOpened', 'linksLost'] as const;

export const EVENTS = {
  // The application and its log
  applicationStarted: event(1, APPLICATION_ACTIVITY, APPLICATION_START, 0, [
    'people',
    'drivers',
    'practice',
    'developer',
  ]),
  applicationStopped: event(2, APPLICATION_ACTIVITY, APPLICATION_STOP, 0, []),
  recovered: event(3, APPLICATION_ACTIVITY, SOFTWARE_CONFIGURATION, 4, ['entries', 'droppedBytes']),
  sectionStarted: event(4, SECURITY_ALERT, undefined, 8, ['section', 'entriesBefore']),
  auditVerified: event(5, AUDIT_LOG_USED, undefined, 0, ['entries', 'checkpoints', 'problems']),
  checkpoint: event(6, AUDIT_LOG_USED, undefined, 0, ['signed']),
  auditViewed: event(7, AUDIT_LOG_USED, undefined, 0, ['entries']),
  auditExported: event(8, AUDIT_LOG_USED, undefined, 0, ['items', 'bytes', 'format']),
  writtenLate: event(9, SECURITY_ALERT, undefined, 8, ['records', 'lost']),

  // People
  enrolled: event(10, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 0, ['people']),
  enrolRefused: event(11, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 4, []),
  unlocked: event(12, USER_AUTHENTICATION, LOGIN, 0, ['firstOfShift', 'shiftMinutes']),
  unlockFailed: event(13, USER_AUTHENTICATION, LOGIN, 4, ['triesLeft']),
  unlockWait: event(14, USER_AUTHENTICATION, LOGIN, 4, ['seconds']),
  locked: event(15, USER_AUTHENTICATION, LOGOUT, 0, ['shiftOver']),
  recoveryUsed: event(16, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 8, []),
  factorAdded: event(17, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 0, []),
  factorRefused: event(18, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 4, ['triesLeft', 'seconds']),
  dispatcherCodesMade: event(19, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 4, ['codes']),
  // The weaker the second factor, the louder.
  witnessed: event(80, SECURITY_ALERT, LOGIN, 4, []),
  dispatcherCodeUsed: event(81, SECURITY_ALERT, LOGIN, 8, ['left']),
  recoveryWordsShown: event(82, SECURITY_ALERT, LOGIN, 8, []),
  badgeUsed: event(87, SECURITY_ALERT, LOGIN, 4, []),
  shiftEnded: event(83, USER_AUTHENTICATION, LOGOUT, 0, []),
  tierZeroOpened: event(84, SECURITY_ALERT, OVERRIDE_STARTED, 8, ['practice']),
  tierZeroRefused: event(85, SECURITY_ALERT, RESTRICTED_FUNCTION, 8, ['practice']),
  tierZeroClosed: event(86, SECURITY_ALERT, OVERRIDE_STOPPED, 0, ['devices']),

  // What holds the keys
  keysSealed: event(90, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 0, []),
  keysUnsealed: event(91, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 8, []),
  securityKeyCopied: event(93, SECURITY_ALERT, LOGIN, 12, []),
  keysNotSealed: event(92, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 8, []),
  siteKeyChanged: event(94, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 0, []),
  siteKeyKept: event(95, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 8, []),

  // Looking around
  scanStarted: event(20, APPLICATION_ACTIVITY, undefined, 0, []),
  scanStopped: event(21, APPLICATION_ACTIVITY, undefined, 0, ['devices', 'hidden']),
  deviceSeen: event(22, PATIENT_RECORD, undefined, 0, ['practice']),

  // Access
  breakGlassRequested: event(30, SECURITY_ALERT, RESTRICTED_FUNCTION, 0, ['practice', 'override']),
  breakGlassCancelled: event(31, SECURITY_ALERT, RESTRICTED_FUNCTION, 4, []),
  breakGlassRefused: event(32, SECURITY_ALERT, RESTRICTED_FUNCTION, 8, ['triesLeft', 'seconds']),
  breakGlassOpened: event(33, SECURITY_ALERT, OVERRIDE_STARTED, 0, ['minutes', 'practice', 'override']),
  accessExtended: event(34, SECURITY_ALERT, OVERRIDE_STARTED, 0, ['minutes', 'totalMinutes']),
  accessEnded: event(35, SECURITY_ALERT, OVERRIDE_STOPPED, 0, ['recovered', 'seconds']),
  accessClosed: event(36, SECURITY_ALERT, OVERRIDE_STOPPED, 0, ['deleted', 'seconds']),
  accessResumed: event(38, SECURITY_ALERT, OVERRIDE_STARTED, 0, ['seconds']),
  accessDenied: event(37, SECURITY_ALERT, RESTRICTED_FUNCTION, 8, []),

  // Reading
  readStarted: event(40, PATIENT_RECORD, SESSION_STARTED, 0, ['practice']),
  linkUp: event(41, PATIENT_RECORD, SESSION_STARTED, 0, ['attempt']),
  linkLost: event(42, PATIENT_RECORD, SESSION_STOPPED, 4, ['attempt', 'bytesReceived']),
  linkRefused: event(43, PATIENT_RECORD, SESSION_STOPPED, 4, ['attempt']),
  phaseRead: event(44, PATIENT_RECORD, undefined, 0, ['phase', 'items', 'refused', 'failed', 'bytesReceived']),
  readComplete: event(45, PATIENT_RECORD, SESSION_STOPPED, 0, READ),
  readPartial: event(46, PATIENT_RECORD, SESSION_STOPPED, 4, READ),
  readRefused: event(47, PATIENT_RECORD, SESSION_STOPPED, 4, READ),
  readStopped: event(48, PATIENT_RECORD, SESSION_STOPPED, 0, READ),
  viewed: event(49, PATIENT_RECORD, undefined, 0, ['episode', 'strips', 'values']),
  // The end of a serial number, as read off the patient's card or the housing, was compared with what the device gives.
  patientMatchConfirmed: event(130, PATIENT_RECORD, undefined, 0, []),
  patientMatchMissing: event(131, PATIENT_RECORD, undefined, 4, []),
  patientMatchContradicted: event(132, PATIENT_RECORD, undefined, 8, []),

  // Drivers
  driverKilled: event(50, SECURITY_ALERT, RESTRICTED_FUNCTION, 8, ['findings', 'milliseconds', 'megabytes']),
  driverForbidden: event(51, SECURITY_ALERT, RESTRICTED_FUNCTION, 8, ['requests']),
  findingRefused: event(52, SECURITY_ALERT, undefined, 4, ['findings']),
  driverInstalled: event(53, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 0, ['bytes', 'signatures']),
  driverActivated: event(54, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 0, ['recordings']),
  driverRefused: event(55, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 8, ['failures']),
  driverFallback: event(56, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 8, ['failures']),
  driverTrustChanged: event(57, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 0, ['vendors', 'reviewers']),

  // Seals of the log
  sealChainStarted: event(70, SECURITY_ALERT, SECURITY_ATTRIBUTES_CHANGED, 0, []),

  // The end of a tablet
  decommissionOrdered: event(110, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 0, ['records', 'people', 'drivers', 'keys']),
  decommissioned: event(111, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 0, ['records', 'people', 'drivers', 'keys']),
  decommissionUndone: event(112, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 8, []),
  tabletCleared: event(113, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 0, ['files']),

  // Its configuration: `log` is the beginning of the id of the log that it is of, `madeAt` a time since 1970
  backupMade: event(114, EXPORT, undefined, 0, ['people', 'drivers', 'keys', 'bytes']),
  restoreOrdered: event(115, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 0, ['people', 'drivers', 'keys']),
  configurationRestored: event(116, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 0, [
    'people',
    'drivers',
    'keys',
    'log',
    'sequence',
    'madeAt',
  ]),
  restoreRefused: event(117, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 8, []),

  // Settings of the tablet
  idleTimeSet: event(120, SECURITY_ALERT, SOFTWARE_CONFIGURATION, 0, ['minutes']),

  // Review
  reviewsViewed: event(100, AUDIT_LOG_USED, undefined, 0, ['pending', 'overdue']),
  reviewJustified: event(101, AUDIT_LOG_USED, undefined, 0, []),
  reviewQuestioned: event(102, AUDIT_LOG_USED, undefined, 0, []),
  reviewEscalated: event(103, AUDIT_LOG_USED, undefined, 0, []),
  reviewClosed: event(104, AUDIT_LOG_USED, undefined, 0, []),
  reviewRefused: event(105, AUDIT_LOG_USED, undefined, 4, []),

  // What was read
  recordSealed: event(60, PATIENT_RECORD, undefined, 0, ['items', 'bytes']),
  // Its session id is the id of the record: each is erased once, and said once.
  recordErased: event(61, PATIENT_RECORD, undefined, 0, ['bytes', 'ageMinutes', 'cause']),
  recordLeftOver: event(62, PATIENT_RECORD, undefined, 4, ['bytes', 'ageMinutes']),
  recordingWritten: event(63, EXPORT, undefined, 0, ['packets', 'bytes', 'masked']),
  erasureOrdered: event(65, PATIENT_RECORD, undefined, 0, ['records', 'all']),
  // `format` adds up what is in it: 1 FHIR, 2 HL7 v2, 4 the card as text.
  exported: event(64, EXPORT, undefined, 0, ['items', 'episodes', 'alerts', 'bytes', 'format', 'practice']),
  handOverRefused: event(125, EXPORT, undefined, 4, []),
} as const satisfies Readonly<Record<string, EventDefinition>>;

export type EventName = keyof typeof EVENTS;
export type EventNumber<E extends EventName> = (typeof EVENTS)[E]['numbers'][number];

const BY_NUMBER = new Map(Object.entries(EVENTS).map(([name, definition]) => [definition.number, name as EventName]));

export function eventByNumber(number: number): EventName | undefined {
  return BY_NUMBER.get(number);
}

/** The message id of an event; an event of a later version shows its number. */
export function eventMessage(number: number): string {
  return `audit.${eventByNumber(number) ?? `event${number}`}`;
}

/** Events that start and stop an access. */
export const ACCESS_STARTS: readonly number[] = [
  EVENTS.breakGlassOpened.number,
  EVENTS.accessExtended.number,
  EVENTS.accessResumed.number,
];
export const ACCESS_STOPS: readonly number[] = [EVENTS.accessEnded.number, EVENTS.accessClosed.number];

/** Numbers of reasons, roles and factors in the log. Never renumber. */
export const REASON_NUMBERS: Readonly<Record<Reason, number>> = {
  unresponsive: 1,
  'arrest-or-shock': 2,
  'life-threatening': 3,
  'device-alarm': 4,
  'surgery-imaging-transfer': 5,
  'patient-agrees': 6,
};

export const ROLE_NUMBERS: Readonly<Record<Role, number>> = {
  responder: 1,
  clinician: 2,
  'privacy-officer': 3,
  'device-manager': 4,
  service: 5,
};

export const FACTOR_NUMBERS: Readonly<Record<FactorKind, number>> = {
  pin: 1,
  'recovery-words': 2,
  passphrase: 3,
  'one-time-code': 4,
  witness: 8,
  'dispatcher-code': 9,
  'security-key': 5,
  'smart-card': 6,
  badge: 7,
};
