import { describe, expect, it } from 'vitest';
import { type SafeStorageParts, secretStore } from './secret-store.js';

const safeStorage = (backend: string, available = true) =>
  ({
    isEncryptionAvailable: () => available,
    getSelectedStorageBackend: () => backend,
    encryptString: (text: string) => Buffer.from(`sealed ${text}`),
    decryptString: (bytes: Buffer) => {
      if (!bytes.toString().startsWith('sealed ')) throw new Error('not sealed here');
      return bytes.toString().slice('sealed '.length);
    },
  }) as SafeStorageParts;

describe("Electron's secret store", () => {
  it('protects a key and gives it back', async () => {
    const choice = secretStore(safeStorage('gnome_libsecret'), 'linux', false);
    if (!('store' in choice)) throw new Error('no store');
    expect(choice.store.name).toBe('gnome_libsecret');
    const key = Uint8Array.from({ length: 32 }, (_, at) => 255 - at);
    const guarded = await choice.store.protect(key);
    expect(new Uint8Array(await choice.store.reveal(guarded))).toEqual(key);
    await expect(choice.store.reveal(Buffer.from('of another'))).rejects.toThrow();
  });

  it('is refused where it is the plain-text fallback, and left alone in practice', () => {
    expect(secretStore(safeStorage('basic_text'), 'linux', false)).toEqual({ none: 'plain-text' });
    expect(secretStore(safeStorage('gnome_libsecret'), 'linux', true)).toEqual({ none: 'practice' });
    expect(secretStore(safeStorage('gnome_libsecret', false), 'linux', false)).toEqual({ none: 'none' });
  });

  it('is not asked for a backend outside Linux', () => {
    const { getSelectedStorageBackend: _, ...rest } = safeStorage('');
    expect(secretStore(rest, 'win32', false)).toMatchObject({ store: { name: 'dpapi' } });
  });
});
