import { type StoreChoice, storeNameOf } from '@onebox/gateway/access/key-store/secret-store.js';
import type { SafeStorage } from 'electron';

/** The part of safeStorage that is used; `getSelectedStorageBackend` answers on Linux only. */
export type SafeStorageParts = Pick<SafeStorage, 'isEncryptionAvailable' | 'encryptString' | 'decryptString'> &
  Partial<Pick<SafeStorage, 'getSelectedStorageBackend'>>;

/**
 * The secret store of the system through Electron, or why there is none. To be asked when the application is ready.
 * Practice keeps no secret, and the command is to open its folder too.
 */
export function secretStore(safeStorage: SafeStorageParts, platform: string, practice: boolean): StoreChoice {
  if (practice) return { none: 'practice' };
  const backend = platform === 'linux' ? safeStorage.getSelectedStorageBackend?.() : undefined;
  const chosen = storeNameOf({
    platform,
    available: safeStorage.isEncryptionAvailable(),
    ...(backend === undefined ? {} : { backend }),
  });
  if ('none' in chosen) return chosen;
  return {
    store: {
      name: chosen.name,
      // Strings only: it seals a key, which Base64 carries.
      protect: async (secret) => safeStorage.encryptString(Buffer.from(secret).toString('base64')),
      reveal: async (guarded) => Buffer.from(safeStorage.decryptString(Buffer.from(guarded)), 'base64'),
    },
  };
}
