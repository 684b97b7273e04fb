import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FactorOffer } from '../api.js';
import { OTHER_PIN, PIN, TestWorld } from './test-world.js';
import { SoftKey, type Wrong } from './webauthn/testing/soft-key.js';

const pin = { kind: 'pin', pin: PIN } as const;
let world: TestWorld;
let personId: string;

beforeEach(async () => {
  world = await new TestWorld(false).open();
  ({ personId } = await world.enrolled());
});
afterEach(() => world.end());

async function offered(): Promise<Extract<FactorOffer, { kind: 'security-key' }>> {
  const offer = await world.access.offerFactor('security-key', pin);
  if (offer.kind !== 'security-key') throw new Error(offer.kind);
  return offer;
}

async function enrolKey(key = new SoftKey()): Promise<SoftKey> {
  const { challenge } = await offered();
  await world.access.addFactor({ kind: 'security-key', ...key.register(challenge) });
  return key;
}

/** Touched for the challenge that the tablet gives now. */
function touch(key: SoftKey, wrong: Wrong = {}) {
  const { challenge, credentialIds } = world.access.challengeFactor(personId);
  expect(credentialIds).toContain(key.credentialId);
  return { kind: 'security-key', ...key.assert(challenge, wrong) } as const;
}

describe('a security key', () => {
  it('begins a shift together with the PIN, over a restart too', async () => {
    const key = await enrolKey();
    expect(await world.events()).toContain('factorAdded');
    for (let shift = 0; shift < 2; shift++) {
      await world.restart();
      expect(world.access.factors[0]?.kinds).toContain('security-key');
      await expect(world.access.unlock(personId, touch(key))).rejects.toMatchObject({ kind: 'FACTOR_MISSING' });
      await world.access.unlock(personId, pin, touch(key));
      expect(world.access.stage).toBe('unlocked');
    }
  });

  it('opens an access by a touch within the shift', async () => {
    const key = await enrolKey();
    await world.access.breakGlass(world.request(personId, { factor: touch(key) }));
    const stale = touch(key);
    touch(key);
    await expect(world.access.breakGlass(world.request(personId, { factor: stale }))).rejects.toMatchObject({
      kind: 'FACTOR_WRONG',
    });
  });

  it('answers a challenge once: neither the same answer nor a late one counts', async () => {
    const key = await enrolKey();
    const shown = touch(key);
    await world.access.breakGlass(world.request(personId, { factor: shown }));
    const replayed = () => world.access.breakGlass(world.request(personId, { deviceKey: 'x', factor: shown }));
    await expect(replayed()).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    const late = touch(key);
    world.clock.pass(2 * 60_000 + 1);
    await expect(world.access.breakGlass(world.request(personId, { factor: late }))).rejects.toMatchObject({
      kind: 'FACTOR_WRONG',
    });
  });

  it('with a wrong PIN opens nothing, and the answer does not say which was wrong', async () => {
    const key = await enrolKey();
    await world.restart();
    const wrongPin = world.access.unlock(personId, { kind: 'pin', pin: '904417' }, touch(key));
    await expect(wrongPin).rejects.toMatchObject({ kind: 'FACTORS_WRONG' });
    const wrongKey = world.access.unlock(personId, pin, touch(key, { origin: 'https://example.com' }));
    await expect(wrongKey).rejects.toMatchObject({ kind: 'FACTORS_WRONG' });
    expect(world.vault.isOpen).toBe(false);
    await world.access.unlock(personId, pin, touch(key));
  });

  it('whose counter went back is refused, loudly', async () => {
    const key = await enrolKey();
    await world.restart();
    await world.access.unlock(personId, pin, touch(key));
    await world.access.lock();
    const copy = world.access.unlock(personId, pin, touch(key, { counter: 2 }));
    await expect(copy).rejects.toMatchObject({ kind: 'SECURITY_KEY_COPIED', code: 545 });
    expect(world.access.stage).toBe('locked');
    expect(world.vault.isOpen).toBe(false);
    const rows = await world.audit.rows();
    expect(rows.find(({ event }) => event === 'audit.securityKeyCopied')).toMatchObject({ outcome: 'major' });
    await world.access.unlock(personId, pin, touch(key));
  });

  it('that does not count stays good', async () => {
    const key = new SoftKey();
    const { challenge } = await offered();
    await world.access.addFactor({ kind: 'security-key', ...key.register(challenge, { counter: 0 }) });
    for (let time = 0; time < 2; time++)
      await world.access.breakGlass(
        world.request(personId, { deviceKey: `d${time}`, factor: touch(key, { counter: 0 }) }),
      );
  });

  it('is one of several of a person, and of no other person', async () => {
    const first = await enrolKey();
    const { exclude } = await offered();
    expect(exclude).toEqual([first.credentialId]);
    const second = await enrolKey();
    for (const [at, key] of [first, second].entries())
      await world.access.breakGlass(world.request(personId, { deviceKey: `d${at}`, factor: touch(key) }));
    const { person } = await world.access.enrol({ displayName: 'B. Kaya', role: 'clinician', pin: OTHER_PIN });
    expect(() => world.access.challengeFactor(person.id)).toThrow(expect.objectContaining({ kind: 'FACTOR_MISSING' }));
    expect(() => world.access.challengeFactor('nobody')).toThrow(expect.objectContaining({ kind: 'PERSON_UNKNOWN' }));
  });

  it('is enrolled with a fresh factor and an answer to the offer only', async () => {
    const { challenge } = await offered();
    const elsewhere = new SoftKey().register(challenge, { origin: 'http://127.0.0.1:8000' });
    await expect(world.access.addFactor({ kind: 'security-key', ...elsewhere })).rejects.toMatchObject({
      kind: 'FACTOR_WRONG',
    });
    // The challenge is spent.
    const again = new SoftKey().register(challenge);
    await expect(world.access.addFactor({ kind: 'security-key', ...again })).rejects.toMatchObject({
      kind: 'FACTOR_WRONG',
    });
    const wrong = world.access.offerFactor('security-key', { kind: 'pin', pin: '904417' });
    await expect(wrong).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
  });
});
