import { ed25519 } from '@noble/curves/ed25519.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noteSigner } from '../audit/note.js';
import { type DriverPackage, PACKAGE_BYTES, packDriver, parseDriverPackage, signPackage } from './container.js';
import { keyPair, reviewer, signedBy, stranger, trusted, vendor } from './testing/packages-world.js';
import { checkTrustFile } from './trust-file.js';

const text = (value: string) => new TextEncoder().encode(value);
const small = packDriver(
  'ble-small',
  '1.2.0',
  new Map([
    ['manifest.json', text('{}')],
    ['driver.js', text('code')],
    ['recordings/one.obrec', text('')],
  ]),
);
const trust = trusted();
const whole = signedBy(small, vendor, reviewer);

/** The package when it is one that both signed; undefined when it is refused as it should be. */
function accepted(bytes: Uint8Array): DriverPackage | undefined {
  try {
    const opened = parseDriverPackage(bytes);
    trust.signers(opened);
    return opened;
  } catch (error) {
    expect(isOneBoxError(error, 'DRIVER_PACKAGE') || isOneBoxError(error, 'DRIVER_UNTRUSTED')).toBe(true);
    return undefined;
  }
}

describe('a driver package', () => {
  it('gives back what was packed', () => {
    const { id, version, files, signatures } = parseDriverPackage(whole);
    expect({ id, version, names: signatures.map(({ name }) => name) }).toEqual({
      id: 'ble-small',
      version: '1.2.0',
      names: ['acme.example', 'review.example'],
    });
    expect([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()])).toEqual([
      ['driver.js', 'code'],
      ['manifest.json', '{}'],
      ['recordings/one.obrec', ''],
    ]);
    expect(trust.signers(parseDriverPackage(whole))).toEqual({ vendor: 'acme.example', reviewer: 'review.example' });
  });

  it('has signatures that another implementation of Ed25519 takes', () => {
    const { text: signedText, signatures } = parseDriverPackage(whole);
    const key = ed25519.getPublicKey(new Uint8Array(32).fill(1));
    expect(ed25519.verify(signatures[0]?.signature ?? new Uint8Array(), text(signedText), key)).toBe(true);
  });

  it('is refused with any byte changed, in any way', () => {
    for (let at = 0; at < whole.length; at++)
      for (const flip of [1, 2, 4, 8, 16, 32, 64, 128, 255]) {
        const changed = Uint8Array.from(whole);
        changed[at] = (changed[at] ?? 0) ^ flip;
        expect(accepted(changed), `byte ${at} ^ ${flip}`).toBeUndefined();
      }
  });

  it('is refused cut off anywhere, with a byte more, and with a byte less anywhere', () => {
    for (let at = 0; at < whole.length; at++) {
      expect(accepted(whole.subarray(0, at))).toBeUndefined();
      expect(accepted(Buffer.concat([whole.subarray(0, at), whole.subarray(at + 1)]))).toBeUndefined();
      expect(accepted(Buffer.concat([whole.subarray(0, at), Uint8Array.of(0x20), whole.subarray(at)]))).toBeUndefined();
    }
    expect(accepted(Buffer.concat([whole, text('\n')]))).toBeUndefined();
  });

  it('is never anything else than DRIVER_PACKAGE or a package, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(60), (noise, from) => {
        expect(accepted(noise)).toBeUndefined();
        expect(accepted(Buffer.concat([whole.subarray(0, from), noise]))).toBeUndefined();
      }),
    );
  });

  it('is what went in, for all contents that a package may have', () => {
    const path = fc.constantFrom('driver.js', 'manifest.json', 'recordings/a.obrec', 'recordings/a.findings.jsonl');
    fc.assert(
      fc.property(fc.dictionary(path, fc.uint8Array({ maxLength: 50 })), (contents) => {
        const files = new Map(Object.entries(contents));
        const packed = packDriver('a', '1.0.0-rc.1', files);
        expect(
          new Map([...parseDriverPackage(packed).files].map(([name, bytes]) => [name, Uint8Array.from(bytes)])),
        ).toEqual(files);
        expect(Buffer.from(packDriver('a', '1.0.0-rc.1', parseDriverPackage(packed).files)).equals(packed)).toBe(true);
      }),
    );
  });

  it('holds only what a package may hold', () => {
    const pack = (path: string) => () => packDriver('a', '1.0.0', new Map([[path, text('')]]));
    for (const path of ['../driver.js', '/driver.js', 'recordings/../x.obrec', 'recordings/A.obrec', 'other.js', 'a b'])
      expect(pack(path)).toThrow(expect.objectContaining({ kind: 'DRIVER_PACKAGE' }));
    expect(() => packDriver('../a', '1.0.0', new Map())).toThrow(expect.objectContaining({ kind: 'DRIVER_PACKAGE' }));
    expect(() => packDriver('a', '1.0', new Map())).toThrow(expect.objectContaining({ kind: 'DRIVER_PACKAGE' }));
    expect(() => parseDriverPackage(new Uint8Array(PACKAGE_BYTES + 1))).toThrow('too large');
  });
});

describe('signatures', () => {
  const signers = (bytes: Uint8Array) => () => trust.signers(parseDriverPackage(bytes));
  const untrusted = expect.objectContaining({ kind: 'DRIVER_UNTRUSTED' });

  it('are needed of both', () => {
    expect(signers(small)).toThrow(untrusted);
    expect(signers(signedBy(small, vendor))).toThrow(untrusted);
    expect(signers(signedBy(small, reviewer))).toThrow(untrusted);
    expect(signers(signedBy(small, reviewer, vendor))).not.toThrow();
  });

  it('of a stranger, or of one who only has the name, count for nothing', () => {
    expect(signers(signedBy(small, vendor, stranger))).toThrow(untrusted);
    expect(signers(signedBy(small, stranger, reviewer))).toThrow(untrusted);
    expect(signers(signedBy(small, vendor, keyPair('review.example', 9)))).toThrow(untrusted);
  });

  it('of the same signer twice are refused, also when the line is written twice', () => {
    const once = signedBy(small, vendor);
    expect(() => signedBy(once, vendor)).toThrow(expect.objectContaining({ kind: 'INPUT_INVALID' }));
    expect(() => signPackage(once, noteSigner('acme.example', new Uint8Array(32).fill(7)))).toThrow(
      'has signed already',
    );
    const both = parseDriverPackage(once);
    const twice = { ...both, signatures: [...both.signatures, ...both.signatures] };
    expect(() => trust.signers(twice)).toThrow(untrusted);
    expect(() => signedBy(whole, stranger)).toThrow('two have signed already');
  });

  it('of a vendor count for its own drivers only', () => {
    const other = signedBy(packDriver('acme-pump', '1.0.0', new Map()), vendor, reviewer);
    expect(signers(other)).toThrow(untrusted);
  });

  it('of another content count for nothing', () => {
    const other = Buffer.from(packDriver('ble-small', '1.2.1', parseDriverPackage(small).files)).toString('latin1');
    const lines = Buffer.from(whole).toString('latin1').split('\n\n')[1]?.split('{}')[0] ?? '';
    expect(lines).toContain('acme.example');
    const { signatures } = parseDriverPackage(whole);
    const moved = { ...parseDriverPackage(Buffer.from(other, 'latin1')), signatures };
    expect(() => trust.signers(moved)).toThrow(untrusted);
  });
});

describe('the trust file', () => {
  const refused = (more: object) =>
    expect(() => trusted(more)).toThrow(expect.objectContaining({ kind: 'TRUST_INVALID' }));

  it('has nobody as vendor and reviewer, by name or by key', () => {
    refused({ reviewers: [{ key: vendor.key }] });
    refused({ reviewers: [{ key: keyPair('ACME.example', 5).key }] });
    refused({ reviewers: [{ key: keyPair('other.example', 1).key }] });
  });

  it('is whole', () => {
    refused({ vendors: [{ key: vendor.key.slice(0, -4), drivers: ['*'] }] });
    refused({ vendors: [{ key: vendor.key, drivers: [] }] });
    refused({ minimumVersions: { a: '1' } });
    refused({ more: 1 });
    expect(() => checkTrustFile(null)).toThrow(expect.objectContaining({ kind: 'TRUST_INVALID' }));
  });

  it('lets a vendor have a new key beside the old one', () => {
    const next = keyPair('acme.example', 8);
    const both = trusted({ vendors: [vendor, next].map(({ key }) => ({ key, drivers: ['ble-small'] })) });
    for (const key of [vendor, next])
      expect(both.signers(parseDriverPackage(signedBy(small, key, reviewer))).vendor).toBe('acme.example');
  });
});
