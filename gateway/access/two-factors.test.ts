import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Factor } from '../api.js';
import { codeOf, fromBase32, stepAt } from './factors/totp.js';
import { OTHER_PIN, PIN, TestWorld } from './test-world.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const pin = { kind: 'pin', pin: PIN } as const;
const otherPin = { kind: 'pin', pin: OTHER_PIN } as const;
const wrong = { kind: 'pin', pin: '000001' } as const;
let world: TestWorld;
let personId: string;
let recoveryWords: readonly string[];

beforeEach(async () => {
  world = await new TestWorld(false).open();
  ({ personId, recoveryWords } = await world.enrolled());
});
afterEach(() => world.end());

const unlock = (...shown: readonly Factor[]) => world.access.unlock(personId, ...shown);
const words = () => ({ kind: 'recovery-words', words: recoveryWords }) as const;

/** Enrols an authenticator app; says what it shows at a time. */
async function app(): Promise<(unixMs?: number) => { readonly kind: 'one-time-code'; readonly code: string }> {
  const offer = await world.access.offerFactor('one-time-code', pin);
  if (offer.kind !== 'one-time-code') throw new Error(offer.kind);
  const secret = fromBase32(offer.secret);
  const show = (unixMs = world.clock.unix) =>
    ({ kind: 'one-time-code', code: codeOf(secret, stepAt(unixMs)) }) as const;
  await world.access.addFactor(show());
  world.clock.pass(MINUTE);
  return show;
}

async function colleague(): Promise<string> {
  return (await world.access.enrol({ displayName: 'B. Kaya', role: 'clinician', pin: OTHER_PIN })).person.id;
}

describe('a shift', () => {
  it('runs from the enrolment of the first person, and within it the PIN is enough', async () => {
    await world.access.lock();
    expect(world.access.factors).toMatchObject([{ personId, secondNeeded: false }]);
    await unlock(pin);
    expect(world.access.stage).toBe('unlocked');
    await world.access.breakGlass(world.request(personId));
  });

  it('needs two factors of different kinds to begin', async () => {
    const show = await app();
    await world.restart();
    expect(world.access.factors).toEqual([
      { personId, kinds: ['pin', 'one-time-code', 'recovery-words'], secondNeeded: true },
    ]);
    await expect(unlock(pin)).rejects.toMatchObject({ kind: 'FACTOR_SECOND' });
    await expect(unlock(pin, pin)).rejects.toMatchObject({ kind: 'FACTOR_SECOND' });
    // What opens nothing cannot begin.
    await expect(unlock(show())).rejects.toMatchObject({ kind: 'FACTOR_MISSING' });
    await expect(unlock(show(), words())).rejects.toMatchObject({ kind: 'FACTOR_MISSING' });
    expect(world.access.stage).toBe('locked');
    expect(world.vault.isOpen).toBe(false);
    await unlock(show(), pin);
    expect(world.access.stage).toBe('unlocked');
  });

  it.each([
    ['as time passes', (ms: number) => world.clock.pass(ms)],
    ['in suspend', (ms: number) => world.clock.suspend(ms)],
    [
      'with the clock set back',
      (ms: number) => {
        world.clock.pass(ms);
        world.clock.unix -= 48 * HOUR;
      },
    ],
  ])('is over after 12 h, %s', async (_, pass) => {
    await world.access.lock();
    pass(11.9 * HOUR);
    await unlock(pin);
    await world.access.lock();
    world.clock.unix = Date.UTC(2026, 10, 23);
    pass(0.2 * HOUR);
    await expect(unlock(pin)).rejects.toMatchObject({ kind: 'FACTOR_SECOND' });
    await unlock(pin, words());
  });

  it('is of one person', async () => {
    const other = await colleague();
    await expect(world.access.unlock(other, otherPin)).rejects.toMatchObject({ kind: 'FACTOR_SECOND' });
    expect(world.access.person?.id).toBe(personId);
    await world.access.unlock(other, otherPin, { kind: 'witness', personId, factor: pin });
    expect(world.access.person?.id).toBe(other);
    await unlock(pin);
    expect(world.access.person?.id).toBe(personId);
  });

  it('of practice needs one, on a tablet that was set up for nothing else', async () => {
    // The file says practice; nothing sealed says so.
    const path = join(world.root, 'vault/factors.json');
    const mark = { personId: '', kind: 'practice', hint: {}, sealed: 'AAAA' };
    writeFileSync(path, JSON.stringify([mark]));
    const practice = new TestWorld(true, world.root);
    await world.crash();
    await practice.open();
    await expect(practice.access.unlock(personId, pin)).rejects.toMatchObject({ kind: 'FACTOR_SECOND' });
    expect(practice.vault.isOpen).toBe(false);
    await practice.crash();
    await world.open();
  });
});

describe('a wrong one of two', () => {
  it('gets the same answer whichever it was, counts once, and leaves the keys closed', async () => {
    const show = await app();
    await world.restart();
    const bad = { kind: 'one-time-code', code: '000000' } as const;
    const answers = [];
    for (const shown of [
      [wrong, show()],
      [pin, bad],
      [wrong, bad],
    ] as const) {
      answers.push(await unlock(...shown).catch((error: unknown) => error));
      expect(world.vault.isOpen).toBe(false);
      expect(world.access.stage).toBe('locked');
    }
    expect(answers).toMatchObject([4, 3, 2].map((triesLeft) => ({ kind: 'FACTORS_WRONG', params: { triesLeft } })));
    // A right code beside a wrong PIN is not used up.
    await unlock(pin, show());
    expect(await world.events()).toContain('unlockFailed');
  });

  it('of somebody else leaves the one who is there where he is', async () => {
    const other = await colleague();
    const second = { kind: 'witness', personId, factor: wrong } as const;
    await expect(world.access.unlock(other, otherPin, second)).rejects.toMatchObject({ kind: 'FACTORS_WRONG' });
    expect(world.access.person?.id).toBe(personId);
    await world.access.breakGlass(world.request(personId));
  });
});

describe('a one-time code', () => {
  it('counts once, over a restart', async () => {
    const show = await app();
    await world.restart();
    await unlock(pin, show());
    await world.restart();
    await expect(unlock(pin, show())).rejects.toMatchObject({ kind: 'FACTORS_WRONG' });
    world.clock.pass(30_000);
    await unlock(pin, show());
  });

  it('breaks the glass, once', async () => {
    const show = await app();
    await world.access.breakGlass(world.request(personId, { factor: show() }));
    const again = world.request(personId, { factor: show(), deviceKey: 'other' });
    await expect(world.access.breakGlass(again)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
  });

  it('is not asked for while the clock is before the last one; other factors remain', async () => {
    const show = await app();
    await world.restart();
    world.clock.unix -= HOUR;
    await expect(unlock(pin, show())).rejects.toMatchObject({ kind: 'CLOCK_WRONG' });
    await unlock(pin, words());
  });

  it('is enrolled by the code that the app shows, in ten minutes, by the person who asked', async () => {
    await expect(world.access.offerFactor('one-time-code', wrong)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    const code = { kind: 'one-time-code', code: '000000' } as const;
    await expect(world.access.addFactor(code)).rejects.toMatchObject({ kind: 'OFFER_GONE' });
    await world.access.offerFactor('one-time-code', pin);
    await expect(world.access.addFactor(code)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    world.clock.pass(10 * MINUTE);
    await expect(world.access.addFactor(code)).rejects.toMatchObject({ kind: 'OFFER_GONE' });
    expect(world.access.factors[0]?.kinds).not.toContain('one-time-code');
    expect((await world.events()).filter((name) => name === 'factorRefused')).toHaveLength(4);
  });

  it('has its secret under the seal of the vault, for one person', async () => {
    const offer = await world.access.offerFactor('one-time-code', pin);
    if (offer.kind !== 'one-time-code') throw new Error(offer.kind);
    const secret = fromBase32(offer.secret);
    await world.access.addFactor({ kind: 'one-time-code', code: codeOf(secret, stepAt(world.clock.unix)) });
    const path = join(world.root, 'vault/factors.json');
    const text = readFileSync(path, 'utf8');
    for (const form of [offer.secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')])
      expect(text).not.toContain(form);
    const other = await colleague();
    writeFileSync(path, text.replaceAll(personId, other));
    world.clock.pass(MINUTE);
    await world.restart();
    const shown = { kind: 'one-time-code', code: codeOf(secret, stepAt(world.clock.unix)) } as const;
    await expect(world.access.unlock(other, otherPin, shown)).rejects.toMatchObject({ kind: 'FACTORS_WRONG' });
  });
});

describe('somebody else', () => {
  it('is another enrolled person; a try counts for both, and the log names both', async () => {
    const other = await colleague();
    await world.restart();
    const witness = (who: string, factor: typeof pin | typeof otherPin | typeof wrong) =>
      ({ kind: 'witness', personId: who, factor }) as const;
    await expect(unlock(pin, witness(personId, pin))).rejects.toMatchObject({ kind: 'WITNESS_SAME' });
    await expect(unlock(pin, witness('nobody', pin))).rejects.toMatchObject({ kind: 'PERSON_UNKNOWN' });
    for (const triesLeft of [4, 3])
      await expect(unlock(pin, witness(other, wrong))).rejects.toMatchObject({ params: { triesLeft } });
    await expect(world.access.unlock(other, wrong, words())).rejects.toMatchObject({ params: { triesLeft: 2 } });
    await unlock(pin, witness(other, otherPin));
    const rows = await world.audit.rows();
    expect(rows.find(({ event }) => event === 'audit.witnessed')).toMatchObject({ outcome: 'minor' });
  });

  it('reads out a code of the list, each good once, louder than a witness', async () => {
    const codes = await world.access.makeDispatcherCodes(pin);
    expect(codes).toHaveLength(20);
    expect(new Set(codes).size).toBe(20);
    for (const code of codes) expect(code).toMatch(/^\d{8}$/);
    const text = readFileSync(join(world.root, 'vault/factors.json'), 'utf8');
    for (const code of codes) expect(text).not.toContain(code);
    await world.restart();
    const code = (at: number) => ({ kind: 'dispatcher-code', code: codes[at]! }) as const;
    await expect(unlock(wrong, code(0))).rejects.toMatchObject({ kind: 'FACTORS_WRONG' });
    await unlock(pin, code(0));
    expect(world.access.codesLeft).toBe(19);
    await world.restart();
    await expect(unlock(pin, code(0))).rejects.toMatchObject({ kind: 'FACTORS_WRONG' });
    await unlock(pin, code(7));
    const used = (await world.audit.rows()).filter(({ event }) => event === 'audit.dispatcherCodeUsed');
    expect(used).toMatchObject([
      { outcome: 'serious', numbers: { left: 19 } },
      { outcome: 'serious', numbers: { left: 18 } },
    ]);
    // A new list makes the old one void.
    await world.access.makeDispatcherCodes(pin);
    await world.restart();
    await expect(unlock(pin, code(8))).rejects.toMatchObject({ kind: 'FACTORS_WRONG' });
  });

  it('opens nothing alone, and breaks no glass', async () => {
    const other = await colleague();
    const witness = { kind: 'witness', personId: other, factor: otherPin } as const;
    const request = world.request(personId, { factor: witness });
    await expect(world.access.breakGlass(request)).rejects.toMatchObject({ kind: 'FACTOR_MISSING' });
    await world.restart();
    await expect(unlock(witness, words())).rejects.toMatchObject({ kind: 'FACTOR_MISSING' });
  });
});

describe('a passphrase', () => {
  const passphrase = { kind: 'passphrase', passphrase: 'seven grey herons ﬂy' } as const;

  it('opens beside the PIN, however its letters are written', async () => {
    await world.access.offerFactor('passphrase', pin);
    await world.access.addFactor(passphrase);
    await world.access.lock();
    await unlock({ kind: 'passphrase', passphrase: 'seven grey herons fly' });
    await world.restart();
    await expect(unlock(pin, passphrase)).rejects.toMatchObject({ kind: 'FACTOR_SECOND' });
    await unlock(passphrase, words());
    await world.access.lock();
    await unlock(pin);
  });

  it.each([
    '',
    'short one',
    'aaaaaaaaaaaaaaaa',
    'abababababababab',
    ' leading space',
    'x'.repeat(129),
    'bell\u0007 and line',
  ])('is not %j', async (bad) => {
    await world.access.offerFactor('passphrase', pin);
    await expect(world.access.addFactor({ kind: 'passphrase', passphrase: bad })).rejects.toMatchObject({
      kind: expect.stringMatching(/^(ENROL_INVALID|FACTOR_MISSING)$/),
    });
  });
});

describe('the end of a shift', () => {
  it('leaves nobody, before the lock has followed, and ends what was open', async () => {
    const access = await world.access.breakGlass(world.request(personId));
    world.clock.suspend(12 * HOUR);
    expect(world.access.isShiftOver).toBe(true);
    await expect(world.access.authorise('startScan', undefined, false)).rejects.toMatchObject({ kind: 'LOCKED' });
    expect(() => world.access.assertOpen(access.accessId)).toThrow(expect.objectContaining({ kind: 'ACCESS_ENDED' }));
    await world.access.lock();
    const locked = (await world.audit.rows()).find(({ event }) => event === 'audit.locked');
    expect(locked?.numbers).toEqual({ shiftOver: 1 });
  });

  it('comes when its person says so', async () => {
    await world.access.endShift();
    expect(world.access.isShiftOver).toBe(true);
    await world.access.lock();
    await expect(unlock(pin)).rejects.toMatchObject({ kind: 'FACTOR_SECOND' });
    expect((await world.events()).slice(-3)).toEqual(['shiftEnded', 'locked', 'unlockFailed']);
  });
});

describe('Tier 0', () => {
  const request = () => ({ reason: 'unresponsive', witnessId: personId }) as const;

  it('is there while waits run, for ten minutes, with a reason and a witness, and opens no key', async () => {
    await world.access.lock();
    for (let at = 0; at < 5; at++) await unlock(wrong).catch(() => undefined);
    await expect(unlock(pin)).rejects.toMatchObject({ kind: 'FACTOR_WAIT' });
    const { tierZero } = world.access;
    await expect(tierZero.open({ ...request(), witnessId: 'nobody' })).rejects.toMatchObject({
      kind: 'PERSON_UNKNOWN',
    });
    await expect(tierZero.open({ ...request(), reason: 'none' as 'unresponsive' })).rejects.toMatchObject({
      kind: 'REASON_MISSING',
    });
    expect(tierZero.isOpen).toBe(false);
    await tierZero.open(request());
    expect(tierZero.isOpen).toBe(true);
    expect(world.vault.isOpen).toBe(false);
    expect(world.access.stage).toBe('locked');
    world.clock.suspend(10 * MINUTE);
    expect([tierZero.isOpen, tierZero.isOver]).toEqual([false, true]);
    await tierZero.close(0);
    expect((await world.events()).slice(-4)).toEqual([
      'tierZeroRefused',
      'tierZeroRefused',
      'tierZeroOpened',
      'tierZeroClosed',
    ]);
  });

  it('is for nobody: whoever has unlocked uses the ordinary way', async () => {
    await expect(world.access.tierZero.open(request())).rejects.toMatchObject({ kind: 'FORBIDDEN' });
  });
});

describe('recovery words', () => {
  it('begin a shift, and leave the keys closed where the PIN is refused', async () => {
    await world.restart();
    await expect(world.access.recover(recoveryWords, personId, '123456')).rejects.toMatchObject({
      kind: 'ENROL_INVALID',
    });
    expect(world.vault.isOpen).toBe(false);
    await world.access.recover(recoveryWords, personId, OTHER_PIN);
    await world.access.lock();
    await unlock(otherPin);
    const used = (await world.audit.rows()).find(({ event }) => event === 'audit.recoveryUsed');
    expect(used).toMatchObject({ outcome: 'serious' });
  });
});

describe('a loss of power', () => {
  it('leaves no code that counts twice', async () => {
    const show = await app();
    const path = join(world.root, 'vault/factors.json');
    await world.restart();
    // The code is used up on the disk before anything is open.
    const append = world.audit.append.bind(world.audit);
    let seen = '[]';
    world.audit.append = (async (...args: Parameters<typeof append>) => {
      if (args[0] === 'unlocked') seen = readFileSync(path, 'utf8');
      return append(...args);
    }) as typeof append;
    await unlock(pin, show());
    expect(JSON.parse(seen)).toContainEqual(
      expect.objectContaining({ personId, hint: { lastStep: stepAt(world.clock.unix) } }),
    );
  });
});
