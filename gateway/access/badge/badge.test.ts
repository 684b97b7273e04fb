import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HandClock } from '../test-world.js';
import { type BadgeEvent, isLasting, uidOf } from './badge-reader.js';
import { BadgeDesk } from './desk.js';
import { HexLines } from './hex-lines.js';
import { Holding } from './holding.js';
import { badgeReaderOf } from './named.js';
import { SerialBadgeReader } from './serial.js';
import { SIMULATED, SimulatedBadgeReader } from './simulated.js';

const UID = '04504143545943';
const OTHER = '04A1B2C3';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('an identifier', () => {
  it.each([
    ['04a1b2c3', OTHER],
    ['04:A1:B2:C3', OTHER],
    ['04 a1-b2 c3', OTHER],
    [UID, UID],
    ['0102030405', '0102030405'],
    ['04a1b2', undefined],
    ['04a1b2c', undefined],
    ['04a1b2cg', undefined],
    ['', undefined],
    ['UID 04a1b2c3', undefined],
  ])('is read from %j as %j', (text, uid) => expect(uidOf(text)).toBe(uid));

  it.each([
    [OTHER, true],
    [UID, true],
    ['08A1B2C3', false],
    ['08A1B2C3D4E5F6', true],
    ['00000000', false],
    ['FFFFFFFFFFFFFF', false],
  ])('%s lasts: %s', (uid, lasting) => expect(isLasting(uid)).toBe(lasting));
});

describe('lines of hex', () => {
  const uid = fc
    .constantFrom(4, 5, 7, 8, 10)
    .chain((length) => fc.uint8Array({ minLength: length, maxLength: length }))
    .map((octets) => Buffer.from(octets).toString('hex').toUpperCase());

  it('are found however the octets are cut, and nothing else is', () => {
    const ends = fc.constantFrom('\n', '\r\n', '\x03', '\r');
    const noise = fc.constantFrom('', '\x02', 'no card\n', '04A1\n', `${'A'.repeat(200)}\n`, '\xff\x00\n');
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, uid, ends)), fc.array(fc.nat(20)), (lines, cuts) => {
        const sent = Buffer.from(lines.map((line) => line.join('')).join(''), 'latin1');
        const parser = new HexLines();
        const found: string[] = [];
        let at = 0;
        for (const cut of cuts) {
          found.push(...parser.push(sent.subarray(at, at + cut)));
          at += cut;
        }
        found.push(...parser.push(sent.subarray(at)));
        expect(found).toEqual(lines.map(([, one]) => one));
      }),
    );
  });

  it('do not begin in the middle of one that is too long', () => {
    expect(new HexLines().push(bytes(`${'0'.repeat(64)}${OTHER}\n${OTHER}\n`))).toEqual([OTHER]);
  });

  it('make no identifier of any octets that is not in them, nor fail', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (octets) => {
        for (const one of new HexLines().push(octets)) expect(uidOf(one)).toBe(one);
      }),
    );
  });
});

describe('with time', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('a badge that stays is present once; it is gone when the reader is silent', () => {
    const holding = new Holding('reader');
    const events: BadgeEvent['kind'][] = [];
    const stop = holding.subscribe(({ kind }) => events.push(kind));
    for (let at = 0; at < 20; at++) {
      holding.read(UID);
      vi.advanceTimersByTime(400);
    }
    expect(events).toEqual(['present']);
    vi.advanceTimersByTime(1_500);
    expect(events).toEqual(['present', 'gone']);
    holding.read(UID);
    holding.read(OTHER);
    expect(events).toEqual(['present', 'gone', 'present', 'present']);
    holding.lost();
    expect(events.slice(4)).toEqual(['gone', 'lost']);
    stop();
    holding.read(UID);
    expect(events).toHaveLength(6);
  });

  it('a holding is given out once, while it is fresh, to one who asks', async () => {
    const clock = new HandClock();
    const reader = new SimulatedBadgeReader();
    const desk = new BadgeDesk(reader, clock);
    reader.tap(UID);
    clock.pass(4_900);
    await expect(desk.take()).resolves.toBe(UID);
    const none = expect(desk.take()).rejects.toMatchObject({ kind: 'BADGE_ABSENT', code: 544 });
    await vi.advanceTimersByTimeAsync(15_000);
    await none;
    // One that lay there for long, or before the machine slept, is nobody's.
    reader.hold(UID);
    clock.suspend(5_000);
    const next = desk.take();
    await vi.advanceTimersByTimeAsync(1_000);
    reader.hold(UID);
    reader.tap(OTHER);
    await expect(next).resolves.toBe(OTHER);
    const two = [desk.take(), desk.take()];
    await vi.advanceTimersByTimeAsync(1);
    reader.tap(UID);
    reader.tap(OTHER);
    await expect(Promise.all(two)).resolves.toEqual([UID, OTHER]);
  });

  it('a reader that is pulled out ends the wait, and forgets what was held', async () => {
    const reader = new SimulatedBadgeReader();
    const desk = new BadgeDesk(reader, new HandClock());
    const lost = expect(desk.take()).rejects.toMatchObject({ kind: 'BADGE_READER', code: 543 });
    await vi.advanceTimersByTimeAsync(1);
    reader.unplug();
    await lost;
    await expect(desk.take()).rejects.toMatchObject({ kind: 'BADGE_READER' });
    reader.plugIn();
    reader.tap(UID);
    reader.unplug();
    reader.plugIn();
    const next = desk.take();
    await vi.advanceTimersByTimeAsync(1);
    reader.tap(OTHER);
    await expect(next).resolves.toBe(OTHER);
  });
});

describe('the reader that was named', () => {
  it('is simulated in practice only', () => {
    expect(badgeReaderOf(undefined, true)).toBeUndefined();
    expect(badgeReaderOf(SIMULATED, true)).toBeInstanceOf(SimulatedBadgeReader);
    expect(badgeReaderOf(SIMULATED, false)).toBeInstanceOf(SerialBadgeReader);
    expect(badgeReaderOf('/dev/ttyUSB0', true)).toBeInstanceOf(SerialBadgeReader);
  });
});
