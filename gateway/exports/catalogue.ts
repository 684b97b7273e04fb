import type { EventName } from '../audit/events.js';

/** DICOM and FHIR action: create, read, update, delete, execute. */
export type ActionCode = 'C' | 'R' | 'U' | 'D' | 'E';

/** How an event of the catalogue leaves the tablet. Event id, type and outcome stand in the catalogue itself. */
export interface ExportRow {
  readonly action: ActionCode;
  /** In the words of the audit trail on the screen. */
  readonly title: string;
}

const row = (action: ActionCode, title: string): ExportRow => ({ action, title });

/** A row for every event: an event without one does not compile. */
export const EXPORT_ROWS: Readonly<Record<EventName, ExportRow>> = {
  applicationStarted: row('E', 'OneBox started'),
  applicationStopped: row('E', 'OneBox ended'),
  recovered: row('U', 'Log repaired after a power loss'),
  sectionStarted: row('C', 'New log section after a broken seal'),
  auditVerified: row('R', 'Log checked'),
  checkpoint: row('C', 'Log sealed'),
  auditViewed: row('R', 'Log viewed'),
  auditExported: row('R', 'Log exported'),
  sealChainStarted: row('C', 'New chain of log seals'),
  writtenLate: row('C', 'Records written late: the disk had refused them'),

  enrolled: row('C', 'Person enrolled'),
  enrolRefused: row('C', 'Enrolment refused'),
  unlocked: row('E', 'Tablet unlocked'),
  unlockFailed: row('E', 'Unlock refused'),
  unlockWait: row('E', 'Unlock refused, wait running'),
  locked: row('E', 'Tablet locked'),
  recoveryUsed: row('U', 'Recovery words used'),
  factorAdded: row('U', 'Factor enrolled'),
  factorRefused: row('U', 'Enrolment of a factor refused'),
  dispatcherCodesMade: row('C', 'Dispatcher’s codes made'),
  witnessed: row('E', 'Unlocked with a witness'),
  badgeUsed: row('E', 'Unlocked with a badge'),
  dispatcherCodeUsed: row('E', 'Unlocked with a dispatcher’s code'),
  recoveryWordsShown: row('E', 'Unlocked with the recovery words'),
  shiftEnded: row('E', 'Shift ended'),
  tierZeroOpened: row('E', 'Emergency without PIN: classes and makers shown'),
  tierZeroRefused: row('E', 'Emergency without PIN refused'),
  tierZeroClosed: row('E', 'Emergency without PIN ended'),

  keysSealed: row('U', 'Keys sealed by the secret store of the system'),
  keysUnsealed: row('U', 'Keys no longer sealed by the secret store of the system'),
  securityKeyCopied: row('E', 'Security key refused: there is a copy of it'),
  keysNotSealed: row('U', 'Secret store of the system refused to seal the keys'),
  siteKeyChanged: row('U', 'New key of the pseudonyms'),
  siteKeyKept: row('U', 'Key of the pseudonyms could not be changed'),

  scanStarted: row('E', 'Scan started'),
  scanStopped: row('E', 'Scan stopped'),
  deviceSeen: row('R', 'Device seen, not read'),

  breakGlassRequested: row('E', 'Emergency access asked for'),
  breakGlassCancelled: row('E', 'Emergency access cancelled'),
  breakGlassRefused: row('E', 'Emergency access refused'),
  breakGlassOpened: row('E', 'Factor accepted, access open'),
  accessExtended: row('E', 'Access extended'),
  accessEnded: row('E', 'Access time over'),
  accessClosed: row('E', 'Closed by user'),
  accessDenied: row('E', 'Access denied'),
  accessResumed: row('E', 'Access resumed'),

  reviewsViewed: row('R', 'Reviews viewed'),
  reviewJustified: row('C', 'Review: justified'),
  reviewQuestioned: row('C', 'Review: questioned'),
  reviewEscalated: row('C', 'Review: escalated'),
  reviewClosed: row('C', 'Review: closed'),
  reviewRefused: row('C', 'Review step refused'),

  readStarted: row('R', 'Reading started'),
  linkUp: row('E', 'Link up'),
  linkLost: row('E', 'Link lost'),
  linkRefused: row('E', 'Link refused by device'),
  phaseRead: row('R', 'Part read'),
  readComplete: row('R', 'Reading complete'),
  readPartial: row('R', 'Reading ended, partial'),
  readRefused: row('R', 'Reading refused by device'),
  readStopped: row('R', 'Reading stopped by user'),
  viewed: row('R', 'Data viewed'),
  patientMatchConfirmed: row('E', 'Serial number as on the patient’s card'),
  patientMatchMissing: row('E', 'Device gives no serial number to compare'),
  patientMatchContradicted: row('E', 'Serial number is not that of the patient’s card'),

  driverKilled: row('E', 'Driver stopped by OneBox'),
  driverForbidden: row('E', 'Driver blocked'),
  findingRefused: row('E', 'Finding refused'),
  driverInstalled: row('C', 'Driver package taken in'),
  driverActivated: row('U', 'Driver package in use'),
  driverRefused: row('C', 'Driver package refused'),
  driverFallback: row('U', 'Back to the driver before'),
  driverTrustChanged: row('U', 'Trusted driver keys changed'),

  decommissionOrdered: row('D', 'Decommissioning ordered'),
  decommissioned: row('D', 'Tablet decommissioned'),
  decommissionUndone: row('E', 'Decommissioning not carried out'),
  tabletCleared: row('D', 'Tablet cleared after decommissioning'),

  backupMade: row('R', 'Configuration backed up'),
  restoreOrdered: row('U', 'Restoring of a configuration ordered'),
  configurationRestored: row('U', 'Configuration restored'),
  restoreRefused: row('U', 'Restoring of a configuration refused'),

  idleTimeSet: row('U', 'Lock time set'),

  recordSealed: row('C', 'Record sealed on the tablet'),
  recordErased: row('D', 'Record deleted'),
  erasureOrdered: row('D', 'Deletion of records ordered'),
  recordLeftOver: row('R', 'Record left over'),
  recordingWritten: row('R', 'Recording written'),
  exported: row('R', 'Data exported'),
  handOverRefused: row('R', 'Hand-over refused'),
};
