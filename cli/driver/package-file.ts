import { readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { type NoteSigner, parseSkey } from '@onebox/gateway/audit/note.js';
import { PACKAGE_BYTES } from '@onebox/gateway/driver-packages/container.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from '../arguments.js';
import { UsageError } from '../exit-codes.js';
import { readTextFile } from '../named-file.js';

/** Files of the tools that pack and sign. */

/** The one file that the command line names after `driver TOOL`. Throws UsageError. */
export function packageNamed(args: Arguments): string {
  const [, tool, file, ...rest] = args.words;
  if (file === undefined || rest.length > 0) throw new UsageError(`driver ${tool} takes one package.`);
  return file;
}

/** Throws DRIVER_PACKAGE when it cannot be read or is too large. */
export function readPackage(file: string): Uint8Array {
  try {
    if (statSync(file).size <= PACKAGE_BYTES) return readFileSync(file);
  } catch (cause) {
    throw new OneBoxError('DRIVER_PACKAGE', 'the file cannot be read', {}, { cause });
  }
  throw new OneBoxError('DRIVER_PACKAGE', 'too large');
}

/** Replaces the file as a whole, or not at all. Throws INPUT_INVALID. */
export function writePackage(file: string, bytes: Uint8Array): void {
  try {
    writeFileSync(`${file}.new`, bytes);
    renameSync(`${file}.new`, file);
  } catch (cause) {
    throw new OneBoxError('INPUT_INVALID', 'the package cannot be written', {}, { cause });
  }
}

/** The signing key in the file that `--key` names. Throws UsageError, INPUT_INVALID. */
export function signerOf(args: Arguments): NoteSigner {
  const file = args.text('key');
  if (file === undefined) throw new UsageError('--key FILE names the signing key; onebox driver keys new makes one.');
  const text = readTextFile(file, 'INPUT_INVALID', '--key').trim();
  try {
    return parseSkey(text);
  } catch (cause) {
    throw new OneBoxError('INPUT_INVALID', '--key is not a signing key', {}, { cause });
  }
}
