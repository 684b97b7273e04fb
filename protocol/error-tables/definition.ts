/** One row of the family. */
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

/** Keeps the names of the rows as types. */
export const defineErrors = <T extends Record<string, ErrorDefinition>>(table: T): T => table;
