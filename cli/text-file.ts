import { readFileSync } from 'node:fs';
import { type ErrorName, OneBoxError } from '@onebox/protocol/errors.js';

/** A file that the command line names, as text. Throws `error` when it cannot be read; `option` is where it was named. */
export function readTextFile(path: string, error: ErrorName, option?: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new OneBoxError(error, `${option ? `${option}: ` : ''}the file cannot be read`, {}, { cause });
  }
}
