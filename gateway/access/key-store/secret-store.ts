/**
 * The secret store of the operating system (DPAPI, Keychain, Secret Service, KWallet). Only Electron reaches it;
 * everything else gets it handed in, or does without.
 */
export interface SecretStore {
  /** As the system calls it; stands in the mark of a sealed vault. */
  readonly name: string;
  /** Rejects when the store is locked or does not answer. */
  protect(secret: Uint8Array): Promise<Uint8Array>;
  /** Rejects for what this store has not protected. */
  reveal(guarded: Uint8Array): Promise<Uint8Array>;
}

/** Why a vault is opened by people alone. */
export type NoStore = 'no-window' | 'none' | 'plain-text' | 'practice';

export type StoreChoice = { readonly store: SecretStore } | { readonly none: NoStore };

/** What Electron says of its safeStorage. `backend` exists on Linux only. */
export interface SafeStorageState {
  readonly platform: string;
  readonly available: boolean;
  readonly backend?: string;
}

/** Backends of Linux that really keep a secret. The list is closed: a new one is looked at before it is trusted. */
const LINUX_STORES: readonly string[] = ['gnome_libsecret', 'kwallet', 'kwallet5', 'kwallet6'];

/**
 * The name of the secret store behind safeStorage, or why there is none. On Linux without one Chromium encrypts
 * with a password that stands in its source (`basic_text`): that is no store, whatever `available` says.
 */
export function storeNameOf({ platform, available, backend }: SafeStorageState): { name: string } | { none: NoStore } {
  if (platform === 'win32') return available ? { name: 'dpapi' } : { none: 'none' };
  if (platform === 'darwin') return available ? { name: 'keychain' } : { none: 'none' };
  if (backend === 'basic_text') return { none: 'plain-text' };
  if (!available || backend === undefined || !LINUX_STORES.includes(backend)) return { none: 'none' };
  return { name: backend };
}
