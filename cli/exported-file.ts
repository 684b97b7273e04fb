import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { chooseCandidate } from '@onebox/gateway/discovery/choose.js';
import { Matcher } from '@onebox/gateway/discovery/match.js';
import type { DriverIndex, LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { FILE_BYTES } from '@onebox/gateway/links/file/limits.js';
import { FileProvider } from '@onebox/gateway/links/file/provider.js';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';

/** Whether the file begins as a recording does: with a line of JSON. What cannot be read is taken for one. */
export function isRecording(path: string): boolean {
  try {
    const file = openSync(path, 'r');
    try {
      const first = new Uint8Array(1);
      return readSync(file, first) === 0 || first[0] === '{'.charCodeAt(0);
    } finally {
      closeSync(file);
    }
  } catch {
    return true;
  }
}

/** The bytes of a file that a programmer exported. Throws FILE_TOO_LARGE, FILE_UNKNOWN when it cannot be read. */
export function fileContent(path: string): Uint8Array {
  try {
    if (statSync(path).size > FILE_BYTES) throw new OneBoxError('FILE_TOO_LARGE');
    return readFileSync(path);
  } catch (cause) {
    if (isOneBoxError(cause)) throw cause;
    throw new OneBoxError('FILE_UNKNOWN', 'the file cannot be read', {}, { cause });
  }
}

/** The driver that knows the file by what stands in it. Throws FILE_UNKNOWN, DRIVER_AMBIGUOUS. */
export function readerOf(content: Uint8Array, drivers: DriverIndex): LoadedDriver {
  const { candidates } = new Matcher(drivers.manifests).match(new FileProvider().add('', content));
  if (candidates.length === 0) throw new OneBoxError('FILE_UNKNOWN');
  return drivers.get(chooseCandidate(candidates, undefined).manifest.id);
}
