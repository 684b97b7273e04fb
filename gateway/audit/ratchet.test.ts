import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { beforeEach, describe, expect, it } from 'vitest';
import { crashImages, type Image, randomFrom } from '../files/testing/crash-images.js';
import { PowerDisk } from '../files/testing/power-disk.js';
import { hmacSha256 } from './crypto.js';
import { AuditLog } from './log.js';
import { type KeyWrap, MacRatchet } from './ratchet.js';

const FOLDER = join('/', 'store', 'audit');
const KEPT = join('/', 'store', 'vault');

/** Wraps with a mask that an attacker without the vault does not have. */
class Vault implements KeyWrap {
  open = true;
  wrapKey(key: Uint8Array, context: string): Uint8Array {
    if (!this.open) throw new OneBoxError('LOCKED');
    const mask = hmacSha256(Buffer.from('vault key'), Buffer.from(context));
    return key.map((byte, at) => byte ^ mask[at]!);
  }
  unwrapKey(wrapped: Uint8Array, context: string): Uint8Array {
    return this.wrapKey(wrapped, context);
  }
}

const vault = new Vault();
const openLog = (disk: PowerDisk) => AuditLog.open({ folder: FOLDER, keptFolder: KEPT, files: disk });
const path = (image: Image, part: string) => [...image.keys()].find((name) => name.includes(part))!;
const changed = (image: Image, part: string, change: (text: string) => string | undefined): Image => {
  const copy = new Map(image);
  const name = path(image, part);
  const text = change(Buffer.from(image.get(name)!).toString('utf8'));
  if (text === undefined) copy.delete(name);
  else copy.set(name, Buffer.from(text));
  return copy;
};
const errors = async (image: Image): Promise<string[]> => {
  const log = await openLog(new PowerDisk(image));
  await log.useRatchet(vault);
  const found = (await log.verify()).problems.map(({ error }) => error);
  await log.close();
  return found;
};

describe('the chain of seals', () => {
  let early: Image;
  let late: Image;
  beforeEach(async () => {
    const disk = new PowerDisk();
    const log = await openLog(disk);
    await log.useRatchet(vault);
    for (let at = 0; at < 3; at++) {
      await log.append('scanStarted');
      await log.checkpoint();
    }
    early = disk.now;
    for (let at = 0; at < 3; at++) {
      await log.append('scanStopped');
      await log.checkpoint();
    }
    await log.close();
    late = disk.now;
  });

  it('is begun once, said in the log, and holds over restarts', async () => {
    expect(await errors(late)).toEqual([]);
    const log = await openLog(new PowerDisk(late));
    await log.useRatchet(vault);
    const begun = (await log.rows()).filter((row) => row.event === 'audit.sealChainStarted');
    expect(begun).toMatchObject([{ outcome: 'success' }]);
    await log.close();
  });

  it('finds records that were cut, with all their checkpoints, by its count of seals', async () => {
    const cut = new Map(late);
    for (const part of ['.seg', 'checkpoint-', 'seals-']) cut.set(path(late, part), early.get(path(early, part))!);
    expect(await errors(cut)).toContain('AUDIT_TRUNCATED');
    // Without the seals it finds the records, without the records the seals.
    cut.set(path(late, 'seals-'), late.get(path(late, 'seals-'))!);
    expect(await errors(cut)).toContain('AUDIT_TRUNCATED');
    expect(await errors(changed(late, 'seals-', () => undefined))).toContain('AUDIT_TRUNCATED');
  });

  it('finds a seal that was changed, and a forger who has the present key cannot make an earlier one', async () => {
    expect(await errors(changed(late, 'seals-', (text) => text.replace('\\n5\\n', '\\n4\\n')))).toContain(
      'AUDIT_BROKEN',
    );
    const state = JSON.parse(Buffer.from(late.get(path(late, 'ratchet.json'))!).toString()) as {
      key: string;
      chain: string;
    };
    const forged = changed(late, 'seals-', (text) => {
      const lines = text.split('\n');
      const first = JSON.parse(lines[0]!) as { epoch: number; text: string; mac: string };
      const forgedText = first.text.replace(/\n[^\n]+\n$/, `\n${Buffer.alloc(32).toString('base64')}\n`);
      const mac = hmacSha256(
        Buffer.from(state.key, 'base64'),
        Buffer.from(['onebox/ratchet/1', 'seal', state.chain, 0, forgedText].join('\0')),
      );
      lines[0] = JSON.stringify({ ...first, text: forgedText, mac: Buffer.from(mac).toString('base64') });
      return lines.join('\n');
    });
    expect(await errors(forged)).toContain('AUDIT_BROKEN');
  });

  it('finds a first key that this vault did not wrap', async () => {
    const other = changed(late, 'ratchet-start', (text) => text.replace(/"wrapped": ".{4}/, '"wrapped": "AAAA'));
    expect(await errors(other)).toContain('AUDIT_BROKEN');
    const ratchet = await MacRatchet.load(new PowerDisk(late), KEPT);
    const strange: KeyWrap = {
      wrapKey: () => new Uint8Array(),
      unwrapKey: () => {
        throw new OneBoxError('RECORD_BROKEN', 'key');
      },
    };
    await ratchet.begin(strange);
    expect((await ratchet.check()).problem).toBe('AUDIT_BROKEN');
  });

  it('that lost its key is said in the log', async () => {
    const log = await openLog(new PowerDisk(changed(late, 'ratchet.json', () => undefined)));
    await log.useRatchet(vault);
    expect((await log.rows()).findLast((row) => row.event === 'audit.sealChainStarted')).toMatchObject({
      outcome: 'serious',
      error: 'OB-603',
    });
    await log.close();
  });

  it('leaves no key on the disk with which an earlier seal could be made', async () => {
    const keys = new Set<string>();
    const disk = new PowerDisk();
    const ratchet = await MacRatchet.load(disk, KEPT);
    await ratchet.begin(vault);
    for (let at = 0; at < 5; at++) {
      const { key } = JSON.parse(Buffer.from(disk.now.get(join(KEPT, 'ratchet.json'))!).toString()) as { key: string };
      keys.add(key);
      await ratchet.seal(`o\n${at}\n`);
      for (const bytes of disk.now.values())
        for (const old of keys) expect(Buffer.from(bytes).includes(old)).toBe(false);
    }
    expect(keys.size).toBe(5);
  });

  it('counts its seals also while the vault is closed', async () => {
    const closed = new Vault();
    for (const image of [late, changed(late, 'seals-', (text) => text.slice(0, -1))]) {
      const without = await MacRatchet.load(new PowerDisk(image), KEPT);
      const locked = await MacRatchet.load(new PowerDisk(image), KEPT);
      closed.open = true;
      await locked.begin(closed);
      closed.open = false;
      for (const ratchet of [without, locked])
        expect((await ratchet.check()).problem).toBe(image === late ? undefined : 'AUDIT_TRUNCATED');
    }
    expect((await (await MacRatchet.load(new PowerDisk(), KEPT)).check()).checkpoints).toEqual([]);
  });

  it('is whole after a loss of power at every step, with every seal that was acknowledged', async () => {
    const disk = new PowerDisk();
    const ratchet = await MacRatchet.load(disk, KEPT);
    await ratchet.begin(vault);
    const done = [disk.steps.length];
    for (let at = 0; at < 4; at++) {
      await ratchet.seal(`o\n${at}\n`);
      done.push(disk.steps.length);
    }
    const random = randomFrom(4);
    for (let at = 0; at <= disk.steps.length; at++)
      for (const { how, image } of crashImages(disk, at, random)) {
        const what = `after step ${at}, ${how}`;
        const after = await MacRatchet.load(new PowerDisk(image), KEPT);
        expect((await after.begin(vault)).lost, what).toBe(false);
        await after.seal('o\n9\n');
        const check = await after.check();
        expect(check.problem, what).toBeUndefined();
        const acknowledged = done.filter((step) => step <= at).length - 1;
        const expected = Array.from({ length: Math.max(acknowledged, 0) }, (_, seal) => `o\n${seal}\n`);
        expect(check.checkpoints.slice(0, expected.length), what).toEqual(expected);
        expect(check.checkpoints.at(-1), what).toBe('o\n9\n');
      }
  });

  it.each(['none', 'half', 'whole'] as const)('goes on after a call that failed with %s of it done', async (effect) => {
    for (let call = 0; ; call++) {
      const disk = new PowerDisk();
      const ratchet = await MacRatchet.load(disk, KEPT);
      await ratchet.begin(vault);
      await ratchet.seal('o\n0\n');
      const before = disk.calls;
      disk.failure = (now) => (now === before + call ? { code: 'EIO', effect } : undefined);
      const failed = await ratchet.seal('o\n1\n').then(
        () => false,
        () => true,
      );
      if (!failed) break;
      // In the same run, and in the next one.
      for (const next of [ratchet, await MacRatchet.load(new PowerDisk(disk.now), KEPT)]) {
        expect((await next.begin(vault)).lost).toBe(false);
        await next.seal('o\n2\n');
        const check = await next.check();
        expect(check.problem, `call ${call}`).toBeUndefined();
        expect([check.checkpoints[0], check.checkpoints.at(-1)]).toEqual(['o\n0\n', 'o\n2\n']);
      }
    }
  });
});
