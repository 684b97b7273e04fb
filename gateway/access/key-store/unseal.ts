import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { bootOfMachine, systemClock, type Timeline } from '../../files/clock.js';
import type { Files } from '../../files/files.js';
import { replaceFile } from '../../files/replace.js';
import { PinVault } from '../pin-vault.js';
import { TryCounter } from '../tries.js';
import { readMark, removeMark } from './mark.js';
import { isSealed, unsealBytes } from './sealed-bytes.js';
import { RESCUE_CONTEXT } from './store-seal.js';

/**
 * Takes the seal of the secret store off again, by the recovery words and without the store. The people of the
 * tablet open the vault afterwards, as they did. After a power loss it is called once more. The store must not be
 * open elsewhere. Throws KEY_STORE_UNUSED, FACTOR_WRONG, FACTOR_WAIT, VAULT_BROKEN.
 */
export async function unsealWithWords(
  files: Files,
  folder: string,
  words: readonly string[],
  now: Timeline = { clock: systemClock, boot: bootOfMachine() },
): Promise<void> {
  const mark = await readMark(files, folder);
  if (mark === undefined) throw new OneBoxError('KEY_STORE_UNUSED');
  const rescue = PinVault.of({ folder, files }, mark.rescue.vault);
  const tries = await TryCounter.load(files, folder, now);
  await tries.attempt('recovery-words', () => rescue.openWithWords(words));
  let key: Uint8Array;
  try {
    key = rescue.unwrapKey(Buffer.from(mark.rescue.key, 'base64'), RESCUE_CONTEXT);
  } catch (error) {
    throw new OneBoxError('VAULT_BROKEN', 'seal', {}, { cause: error });
  } finally {
    rescue.close();
  }
  for (const name of await files.list(folder)) {
    const bytes = await files.read(join(folder, name));
    if (bytes === undefined || !isSealed(bytes) || name.endsWith('.new')) continue;
    const plain = unsealBytes(key, name, bytes);
    if (plain === undefined) throw new OneBoxError('VAULT_BROKEN', 'seal');
    await replaceFile(files, join(folder, name), plain);
  }
  await removeMark(files, folder);
}
