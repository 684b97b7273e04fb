import { readFileSync } from 'node:fs';
import { type ErrorName, OneBoxError } from '@onebox/protocol/errors.js';

/** A file that the command line names, as text. Throws `error` when it cannot be read; `option` is where it was named. */
export function readTextFile(path: string, error: ErrorName, option?: string): string {
  return readNamed(path, error, `${option ? `${option}: ` : ''}the file`).toString('utf8');
}

/** Its bytes. `what` is what the file is called when it cannot be read. Throws `error`. */
export function readNamed(path: string, error: ErrorName, what: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new OneBoxError(error, `${what} cannot be read`, {}, { cause });
  }
}
