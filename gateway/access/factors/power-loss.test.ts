import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Files } from '../../files/files.js';
import { crashImages, randomFrom } from '../../files/testing/crash-images.js';
import { PowerDisk } from '../../files/testing/power-disk.js';
import type { Person } from '../people.js';
import { PinVault } from '../pin-vault.js';
import { HandClock } from '../test-world.js';
import { OneTimeCodeFactor } from './one-time-code.js';
import { FactorStore } from './store.js';
import { codeOf, fromBase32, stepAt } from './totp.js';

const FOLDER = join('/', 'store', 'vault');
const PIN = '402817';
const person: Person = { id: 'p1', displayName: 'A. Meyer', role: 'responder', pseudonym: '00'.repeat(16) };
const clock = new HandClock();

/** The factor as a program that has just started and been unlocked has it. */
async function open(files: Files): Promise<{ vault: PinVault; factor: OneTimeCodeFactor }> {
  const vault = await PinVault.load({ folder: FOLDER, files, cost: { memoryKiB: 8, iterations: 1 } });
  return { vault, factor: new OneTimeCodeFactor(await FactorStore.load(files, FOLDER, vault), clock) };
}

describe('a loss of power while codes are used', () => {
  it('leaves no code that was accepted to be accepted again, and the app enrolled', async () => {
    const disk = new PowerDisk();
    const { vault, factor } = await open(disk);
    await vault.create(person.id, PIN, 'onebox/test', async () => undefined);
    const offer = await factor.offer(person);
    if (offer.kind !== 'one-time-code') throw new Error(offer.kind);
    const show = () => ({ kind: 'one-time-code', code: codeOf(fromBase32(offer.secret), stepAt(clock.unix)) }) as const;
    const accepted: { readonly at: number; readonly unix: number }[] = [];
    expect(await factor.add(person, offer, show())).toBe(true);
    accepted.push({ at: disk.steps.length, unix: clock.unix });
    for (let count = 0; count < 3; count++) {
      clock.pass(30_000);
      expect(await factor.check(person.id, show())).toBe(true);
      expect(await factor.use(person.id, show())).toBe(true);
      accepted.push({ at: disk.steps.length, unix: clock.unix });
    }
    const random = randomFrom(1);
    let images = 0;
    for (let at = accepted[0]!.at; at <= disk.steps.length; at++)
      for (const { how, image } of crashImages(disk, at, random)) {
        images += 1;
        const after = await open(new PowerDisk(image));
        expect(await after.vault.open(person.id, PIN), `${at} ${how}`).toBe(true);
        expect(after.factor.isEnrolled(person.id), `${at} ${how}`).toBe(true);
        for (const one of accepted.filter((code) => code.at <= at)) {
          clock.unix = one.unix;
          expect(await after.factor.check(person.id, show()), `${at} ${how}`).toBe(false);
        }
        // The next one is good.
        clock.unix = accepted.at(-1)!.unix + 30_000;
        expect(await after.factor.check(person.id, show()), `${at} ${how}`).toBe(true);
      }
    expect(images).toBeGreaterThan(20);
  });
});
