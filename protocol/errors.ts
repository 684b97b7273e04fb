import { ACCESS_ERRORS } from './error-tables/access.js';
import { AUDIT_ERRORS } from './error-tables/audit.js';
import { DRIVER_ERRORS } from './error-tables/driver.js';
import { HANDOVER_ERRORS } from './error-tables/handover.js';
import { KEY_ERRORS } from './error-tables/keys.js';
import { LINK_ERRORS } from './error-tables/link.js';
import { OWN_ERRORS } from './error-tables/own.js';
import { PROTOCOL_ERRORS } from './error-tables/protocol.js';
import { SESSION_ERRORS } from './error-tables/session.js';
import { TABLET_ERRORS } from './error-tables/tablet.js';
import { UPDATE_ERRORS } from './error-tables/update.js';

/**
 * The numbered errors of OneBox (`OB-nnn`). The number is what a user reads out over the phone; the
 * message id leads the user interface to its words (what happened, what it means, what to do).
 * Ranges: link 1xx, protocol 2xx, driver 3xx, session 4xx, access 5xx, audit 6xx, export 7xx, update 8xx.
 * A number is never used for something else again.
 */
export const ERRORS = {
  ...LINK_ERRORS,
  ...PROTOCOL_ERRORS,
  ...DRIVER_ERRORS,
  ...SESSION_ERRORS,
  ...ACCESS_ERRORS,
  ...KEY_ERRORS,
  ...TABLET_ERRORS,
  ...AUDIT_ERRORS,
  ...HANDOVER_ERRORS,
  ...UPDATE_ERRORS,
  ...OWN_ERRORS,
} as const;

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
