import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PIN, TestWorld } from '../access/test-world.js';
import { randomBytes } from '../audit/crypto.js';
import { ChunkSealer, unsealChunks } from './chunks.js';

const accessId = '0123456789abcdef0123456789abcdef';
const recordId = 'ffffffffffffffffffffffffffffffff';
const text = (value: string) => new TextEncoder().encode(value);
const HOUR = 3_600_000;
let world: TestWorld;
let personId: string;

beforeEach(async () => {
  world = await new TestWorld().open();
  ({ personId } = await world.enrolled());
});
afterEach(() => world.end());

const folder = () => join(world.root, 'records');
const sealedFiles = () => readdirSync(folder()).filter((name) => name.endsWith('.sealed'));
const unlock = () => world.access.unlock(personId, { kind: 'pin', pin: PIN });

describe('a sealed record', () => {
  it('is read back as it was written', async () => {
    const record = await world.records.create(accessId);
    await Promise.all([record.append(text('one')), record.append(text('two')), record.append(new Uint8Array())]);
    expect(await world.records.read(record.recordId)).toEqual({
      chunks: [text('one'), text('two'), new Uint8Array()],
      complete: false,
    });
    await record.finish();
    expect((await world.records.read(record.recordId)).complete).toBe(true);
    await expect(record.append(text('late'))).rejects.toMatchObject({ kind: 'RECORD_GONE' });
    expect(await world.events()).toContain('recordSealed');
  });

  it('is not readable while the tablet is locked, and none is begun then', async () => {
    const record = await world.records.create(accessId);
    await record.append(text('one'));
    await world.access.lock();
    await expect(world.records.read(record.recordId)).rejects.toMatchObject({ kind: 'LOCKED' });
    await expect(world.records.create(accessId)).rejects.toMatchObject({ kind: 'LOCKED' });
    await unlock();
    expect((await world.records.read(record.recordId)).chunks).toEqual([text('one')]);
  });

  it('is gone after it is destroyed, also for who kept a copy of the folder but for the key', async () => {
    const record = await world.records.create(accessId);
    const other = await world.records.create(accessId.replace('0', '1'));
    await record.append(text('secret'));
    await other.append(text('stays'));
    const sealed = readFileSync(join(folder(), `${record.recordId}.sealed`));
    const keysBefore = readdirSync(folder()).filter((name) => name.startsWith('keys-'));
    await record.destroy();
    await record.destroy();
    await expect(world.records.read(record.recordId)).rejects.toMatchObject({ kind: 'RECORD_GONE' });
    await expect(record.append(text('x'))).rejects.toMatchObject({ kind: 'RECORD_GONE' });
    expect(keysBefore.some((name) => existsSync(join(folder(), name)))).toBe(false);
    for (const name of readdirSync(folder()))
      expect(readFileSync(join(folder(), name), 'latin1')).not.toContain(record.recordId);
    writeFileSync(join(folder(), `${record.recordId}.sealed`), sealed);
    await expect(world.records.read(record.recordId)).rejects.toMatchObject({ kind: 'RECORD_GONE' });
    expect((await world.records.read(other.recordId)).chunks).toEqual([text('stays')]);
    expect((await world.events()).filter((name) => name === 'recordErased')).toHaveLength(1);
  });

  it('is destroyed with all of its access, also while locked', async () => {
    const record = await world.records.create(accessId);
    await record.append(text('a'));
    await record.append(text('b'));
    await world.access.lock();
    expect(await world.records.destroyOfAccess(accessId)).toEqual({ records: 1, items: 2 });
    expect(sealedFiles()).toEqual([]);
  });
});

describe('after a crash', () => {
  it('what was appended is offered for 24 h, torn tail or not', async () => {
    const record = await world.records.create(accessId);
    await record.append(text('one'));
    await record.append(text('two'));
    await world.crash();
    const path = join(folder(), sealedFiles()[0]!);
    writeFileSync(path, readFileSync(path).subarray(0, -3));
    world.clock.pass(23 * HOUR);
    await world.open();
    await unlock();
    expect(await world.records.list()).toMatchObject([{ recordId: record.recordId, accessId }]);
    expect(await world.records.read(record.recordId)).toEqual({ chunks: [text('one')], complete: false });
    await world.crash();
    world.clock.pass(HOUR);
    await world.open();
    expect(await world.records.list()).toEqual([]);
    expect(sealedFiles()).toEqual([]);
    expect(await world.events()).toEqual(expect.arrayContaining(['recordLeftOver', 'recordErased']));
  });

  it('a clock that was set back does not keep it for ever', async () => {
    const record = await world.records.create(accessId);
    await record.append(text('one'));
    await world.crash();
    world.clock.unix -= 1000 * HOUR;
    await world.open();
    expect(await world.records.list()).toHaveLength(1);
    await world.crash();
    world.clock.pass(24 * HOUR);
    await world.open();
    expect(sealedFiles()).toEqual([]);
  });

  it('files without a key and old generations of keys are removed', async () => {
    const record = await world.records.create(accessId);
    await record.append(text('one'));
    await world.crash();
    const current = readdirSync(folder()).find((name) => name.startsWith('keys-'))!;
    const generation = Number(/\d+/.exec(current)![0]);
    writeFileSync(join(folder(), `keys-${generation + 1}.json`), '{"entries":[],"graves":[]}');
    writeFileSync(join(folder(), `keys-${generation + 2}.json.new`), 'torn');
    await world.open();
    expect(readdirSync(folder())).toEqual([`keys-${generation + 1}.json`]);
  });

  it('damaged keys erase what they opened, and the log says so', async () => {
    await (await world.records.create(accessId)).append(text('one'));
    await world.crash();
    for (const name of readdirSync(folder()))
      if (name.startsWith('keys-')) writeFileSync(join(folder(), name), '[{"recordId":');
    await world.open();
    expect(sealedFiles()).toEqual([]);
    expect((await world.audit.rows()).find((row) => row.event === 'audit.recordErased')).toMatchObject({
      error: 'OB-610',
      outcome: 'serious',
    });
    await world.access.unlock(personId, { kind: 'pin', pin: PIN });
    await (await world.records.create(accessId)).append(text('two'));
  });
});

describe('the chunks of a sealed file', () => {
  const key = randomBytes(32);
  const sealedOf = (items: readonly Uint8Array[]) => {
    const sealer = new ChunkSealer(key, recordId);
    return Buffer.concat([sealer.prefix, ...items.map((item) => sealer.data(item)), sealer.last()]);
  };

  it('come back whole; a flipped byte, a cut, a swap and another name are found', () => {
    fc.assert(
      fc.property(
        fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.nat(),
        (items, at, bit) => {
          const file = sealedOf(items);
          expect(unsealChunks(key, recordId, file)).toEqual({ chunks: items, complete: true });
          const flipped = Uint8Array.from(file);
          flipped[at % file.length]! ^= 1 << (bit % 8);
          expect(isWhole(flipped, items)).toBe(false);
          expect(isWhole(file.subarray(0, at % file.length), items)).toBe(false);
          expect(isWhole(file, items, recordId.replace('f', '0'))).toBe(false);
        },
      ),
    );
  });

  it('cannot be swapped, repeated or left out', () => {
    const sealer = new ChunkSealer(key, recordId);
    const [a, b, end] = [sealer.data(text('a')), sealer.data(text('b')), sealer.last()];
    for (const order of [
      [b, a, end],
      [a, a, end],
      [a, end],
      [a, b, end, end],
      [a, end, b],
    ])
      expect(() => unsealChunks(key, recordId, Buffer.concat([sealer.prefix, ...order!])), String(order)).toThrow(
        expect.objectContaining({ kind: 'RECORD_BROKEN' }),
      );
  });

  function isWhole(bytes: Uint8Array, items: readonly Uint8Array[], id = recordId): boolean {
    try {
      const result = unsealChunks(key, id, bytes);
      return result.complete && result.chunks.length === items.length;
    } catch {
      return false;
    }
  }
});
