import { ERRORS, type ErrorName, isOneBoxError } from '@onebox/protocol/errors.js';

/** What the command tells the shell (UX specification, section 8.1). Documented in docs/cli.md. */
export const EXIT = {
  ok: 0,
  /** A check failed: cases, doctor, a read that is partial; and all that has no code of its own. */
  failed: 1,
  /** The input, a file or a manifest is not valid. */
  invalid: 2,
  /** Signature or trust: not signed by those whom the tablet trusts, or too old. */
  trust: 3,
  /** Integrity: the audit log, a record or the key vault was changed. */
  integrity: 4,
  /** The device, the link or the driver. */
  device: 5,
  /** A person, a reason or a fresh factor is missing, or the role may not. */
  access: 6,
  /** The command line itself. */
  usage: 64,
  interrupted: 130,
} as const;

const INTEGRITY: ReadonlySet<ErrorName> = new Set([
  'AUDIT_BROKEN',
  'AUDIT_TRUNCATED',
  'AUDIT_FORK',
  'NOTE_INVALID',
  'RECORD_BROKEN',
  'VAULT_BROKEN',
  'BACKUP_INVALID',
  'HANDOVER_INVALID',
]);
const TRUST: ReadonlySet<ErrorName> = new Set([
  'DRIVER_UNTRUSTED',
  'DRIVER_ROLLBACK',
  'TRUST_INVALID',
  'BACKUP_UNTRUSTED',
  'BACKUP_ROLLBACK',
]);
const INVALID: ReadonlySet<ErrorName> = new Set([
  'MANIFEST_INVALID',
  'DRIVER_UNKNOWN',
  'DRIVER_AMBIGUOUS',
  'RECORDING_INVALID',
  'FILE_TOO_LARGE',
  'FILE_EMPTY',
  'FILE_UNKNOWN',
  'CASES_INVALID',
  'INPUT_INVALID',
  'ENROL_INVALID',
  'PROTOCOL_VERSION',
  'DRIVER_PACKAGE',
  'DECOMMISSION_CONFIRM',
  'BACKUP_VERSION',
  'HANDOVER_VERSION',
  'HANDOVER_TOO_LARGE',
]);

/** The exit code that stands for an error. */
export function exitCode(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (!isOneBoxError(error)) return EXIT.failed;
  if (error.kind === 'READ_STOPPED') return EXIT.interrupted;
  if (INTEGRITY.has(error.kind)) return EXIT.integrity;
  if (TRUST.has(error.kind)) return EXIT.trust;
  if (INVALID.has(error.kind)) return EXIT.invalid;
  if (error.kind === 'HANDOVER_WORDS') return EXIT.access;
  if (error.kind === 'TOOLS_MISSING') return EXIT.failed;
  const range = Math.floor(ERRORS[error.kind].code / 100);
  if (range === 5) return EXIT.access;
  return range >= 1 && range <= 4 ? EXIT.device : EXIT.failed;
}

/** The command line cannot be understood; the message is for the person who typed it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
