import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Disk } from '../files/disk.js';
import { type ArgonCost, PinVault } from './pin-vault.js';

const PIN = '402817';
const OTHER = '913058';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'onebox-cost-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (memoryKiB: number, iterations = 1, files = new Disk()) =>
  PinVault.load({ folder, files, cost: { memoryKiB, iterations } satisfies ArgonCost });
/** PHC strings without salt, by person. */
const costs = () =>
  Object.fromEntries(
    (
      JSON.parse(readFileSync(join(folder, 'vault.json'), 'utf8')) as {
        wraps: { kind: string; personId: string; derivation: string }[];
      }
    ).wraps.map(({ kind, personId, derivation }) => [
      `${kind} ${personId}`,
      derivation.split('$').slice(1, 4).join(' '),
    ]),
  );

describe('the cost of a PIN', () => {
  it('rises with the product, for each person when the right PIN opens the vault', async () => {
    const old = await load(64);
    await old.create('a', PIN, 'onebox/test', async () => undefined);
    await old.setPin('b', OTHER);
    const vault = await load(128, 2);
    expect(await vault.open('a', OTHER)).toBe(false);
    expect(await vault.check('a', PIN)).toBe(true);
    expect(costs()['pin a']).toBe('argon2id v=19 m=64,t=1,p=1');
    expect(await vault.open('a', PIN)).toBe(true);
    expect(costs()).toMatchObject({
      'pin a': 'argon2id v=19 m=128,t=2,p=1',
      'pin b': 'argon2id v=19 m=64,t=1,p=1',
    });
    const again = await load(128, 2);
    expect(await again.open('a', OTHER)).toBe(false);
    expect(await again.open('a', PIN)).toBe(true);
    expect(await again.open('b', OTHER)).toBe(true);
    // Never down.
    const cheaper = await load(64);
    expect(await cheaper.open('a', PIN)).toBe(true);
    expect(costs()['pin a']).toBe('argon2id v=19 m=128,t=2,p=1');
  });

  it('stays where the new one cannot be written; the vault is open all the same', async () => {
    const old = await load(64);
    await old.create('a', PIN, 'onebox/test', async () => undefined);
    const full = new (class extends Disk {
      override openAppend(): Promise<never> {
        return Promise.reject(new Error('ENOSPC'));
      }
    })();
    const vault = await load(128, 1, full);
    expect(await vault.open('a', PIN)).toBe(true);
    expect(vault.isOpen).toBe(true);
    expect(costs()['pin a']).toBe('argon2id v=19 m=64,t=1,p=1');
  });
});
