import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ID,
  keyPair,
  reviewer,
  signed,
  signedBy,
  stranger,
  trusted,
  unsigned,
  vendor,
} from '@onebox/gateway/driver-packages/testing/packages-world.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { beforeAll, describe, expect } from 'vitest';
import { auditOnDisk } from '../interrogation/tablet.js';
import { attack } from './attack.js';
import { enrol, scratch } from './victim.js';

const { root, start, stop } = scratch();
const folder = join(root, 'tablet');
const packages = join(folder, 'drivers/packages');
const VERSION = '9.1.0';
const EVIL = { version: VERSION, code: 'globalThis.evil = true;' };

/** A package with other lines of signatures: from its own, or from those of another package. */
function withSignatures(bytes: Uint8Array, lines: (own: string) => string): Uint8Array {
  const { magic, note, rest } = partsOf(bytes);
  const end = note.indexOf('\n\n') + 2;
  const changed = note.slice(0, end) + lines(note.slice(end));
  return Buffer.from(`${magic}${changed.length}\n${changed}${rest}`, 'latin1');
}

function signaturesOf(bytes: Uint8Array): string {
  const { note } = partsOf(bytes);
  return note.slice(note.indexOf('\n\n') + 2);
}

function partsOf(bytes: Uint8Array) {
  const text = Buffer.from(bytes).toString('latin1');
  const magic = text.indexOf('\n') + 1;
  const begin = text.indexOf('\n', magic) + 1;
  const end = begin + Number(text.slice(magic, begin));
  return { magic: text.slice(0, magic), note: text.slice(begin, end), rest: text.slice(end) };
}

describe('somebody who forges a driver', () => {
  let gateway: Gateway;
  let builtIn: string;
  const events = (name: string) => auditOnDisk(folder).filter((event) => event === name).length;
  const running = () => gateway.packages.drivers.get(ID).manifest.version;

  beforeAll(async () => {
    gateway = await start('tablet');
    await enrol(gateway, 'Manager', 'device-manager');
    builtIn = running();
    await gateway.packages.changeTrust(trusted());
  });

  attack('T16a', async () => {
    const evil = unsigned(EVIL);
    const good = signed({ version: '9.2.0' });
    // As the reviewer is called, with a key of the attacker's own; and the vendor.
    const falseReviewer = keyPair('review.example', 77);
    const falseVendor = keyPair('acme.example', 78);
    const flipped = (at: number): Uint8Array => {
      const bytes = Buffer.from(good);
      bytes[at]! ^= 1;
      return bytes;
    };
    const forgeries: Readonly<Record<string, Uint8Array>> = {
      'nobody signed': evil,
      'the vendor alone': signedBy(evil, vendor),
      'the reviewer alone': signedBy(evil, reviewer),
      'a stranger as reviewer': signedBy(evil, vendor, stranger),
      'a stranger as vendor': signedBy(evil, stranger, reviewer),
      'two strangers': signedBy(evil, stranger, falseReviewer),
      'the name of the reviewer': signedBy(evil, vendor, falseReviewer),
      'the name of the vendor': signedBy(evil, falseVendor, reviewer),
      'the signatures of another package': withSignatures(evil, () => signaturesOf(good)),
      'the vendor twice': withSignatures(signedBy(evil, vendor), (own) => own + own),
      'a byte of the code changed': flipped(good.length - 1),
      'a byte of the list changed': flipped(100),
    };
    for (const [what, bytes] of Object.entries(forgeries)) {
      const before = events('driverRefused');
      await expect(gateway.packages.install(bytes), what).rejects.toMatchObject({
        kind: expect.stringMatching(/^DRIVER_(UNTRUSTED|PACKAGE)$/),
      });
      expect(events('driverRefused') - before, what).toBe(1);
    }
    expect(running()).toBe(builtIn);
    expect(existsSync(packages) ? readdirSync(packages, { recursive: true }) : []).toEqual([]);
    expect(events('driverInstalled')).toBe(0);
    // Nobody is both, and a vendor has its own drivers only.
    expect(() => trusted({ reviewers: [{ key: vendor.key }] })).toThrow(
      expect.objectContaining({ kind: 'TRUST_INVALID' }),
    );
    const elsewhere = { vendors: [{ key: vendor.key, drivers: ['acme-*'] }] };
    await gateway.packages.changeTrust(trusted(elsewhere));
    await expect(gateway.packages.install(good)).rejects.toMatchObject({ kind: 'DRIVER_UNTRUSTED' });
    await gateway.packages.changeTrust(trusted());
  });

  attack('T16b', async () => {
    await gateway.packages.install(signed());
    expect(running()).toBe(VERSION);
    const path = join(packages, ID, `${VERSION}.onebox-driver`);
    const honest = readFileSync(path);
    for (const evil of [
      signedBy(unsigned(EVIL), vendor, stranger),
      withSignatures(unsigned(EVIL), () => signaturesOf(honest)),
    ]) {
      await stop(gateway);
      writeFileSync(path, evil);
      const before = events('driverRefused');
      gateway = await start('tablet');
      expect(running()).toBe(builtIn);
      expect(events('driverRefused')).toBeGreaterThan(before);
    }
  });
});
