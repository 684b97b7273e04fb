import { defineErrors } from './definition.js';

/** 6xx: audit and records. */
export const AUDIT_ERRORS = defineErrors({
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
  DECOMMISSION_CONFIRM: {
    code: 640,
    message: 'tablet.confirm',
    recoverable: true,
    summary: 'Decommissioning was not confirmed; nothing was destroyed.',
    remedy: 'Give the code of this tablet: it is the last part of the name of its log.',
  },
});
