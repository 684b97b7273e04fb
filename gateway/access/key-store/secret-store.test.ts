import { describe, expect, it } from 'vitest';
import { storeNameOf } from './secret-store.js';

describe('the secret store of the system', () => {
  it.each(['gnome_libsecret', 'kwallet', 'kwallet5', 'kwallet6'])('on Linux is %s', (backend) => {
    expect(storeNameOf({ platform: 'linux', available: true, backend })).toEqual({ name: backend });
    expect(storeNameOf({ platform: 'linux', available: false, backend })).toEqual({ none: 'none' });
  });

  it('is never the plain-text fallback, whatever is said to be available', () => {
    for (const available of [true, false])
      expect(storeNameOf({ platform: 'linux', available, backend: 'basic_text' })).toEqual({ none: 'plain-text' });
  });

  it('is none where the backend is unknown, new, or not named', () => {
    for (const backend of ['unknown', 'something_new', ''])
      expect(storeNameOf({ platform: 'linux', available: true, backend })).toEqual({ none: 'none' });
    expect(storeNameOf({ platform: 'linux', available: true })).toEqual({ none: 'none' });
    expect(storeNameOf({ platform: 'freebsd', available: true })).toEqual({ none: 'none' });
  });

  it('elsewhere has one name, where it is available', () => {
    expect(storeNameOf({ platform: 'win32', available: true })).toEqual({ name: 'dpapi' });
    expect(storeNameOf({ platform: 'darwin', available: true })).toEqual({ name: 'keychain' });
    expect(storeNameOf({ platform: 'win32', available: false })).toEqual({ none: 'none' });
    expect(storeNameOf({ platform: 'darwin', available: false })).toEqual({ none: 'none' });
  });
});
