import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeviceTimeline, originOf } from './gatt-clock.js';
import { absentReason } from './gatt-findings.js';
import { localDateTime, parseDateTime } from './gatt-time.js';
import { float, isNumber, sfloat, utf8Text, ValueReader, ValueRejected } from './gatt-values.js';
import { glucoseValue, isControlSolution, parseGlucoseMeasurement } from './glucose.js';
import { notUsable } from './pulse-oximeter.js';
import { oximetryValidity } from './pulse-oximeter-findings.js';

describe('medical floats', () => {
  it('reads exponent and mantissa without a bias', () => {
    // Worked values of IEEE 11073-20601: 0x8078 is 120 x 10^-8.
    expect(sfloat(0x8078)).toEqual({ coefficient: 120, exponent: -8 });
    expect(sfloat(0xf16c)).toEqual({ coefficient: 364, exponent: -1 });
    expect(sfloat(0x7fff)).toEqual({ coefficient: -1, exponent: 7 });
    expect(float(0xff00016c)).toEqual({ coefficient: 364, exponent: -1 });
    expect(float(0x80ffffff)).toEqual({ coefficient: -1, exponent: -128 });
  });

  it('knows its five special values, and those at exponent 0 only', () => {
    expect([0x07ff, 0x0800, 0x07fe, 0x0802, 0x0801].map(sfloat)).toEqual(['NaN', 'NRes', '+INF', '-INF', 'reserved']);
    expect([0x007fffff, 0x00800000, 0x007ffffe, 0x00800002, 0x00800001].map(float)).toEqual([
      'NaN',
      'NRes',
      '+INF',
      '-INF',
      'reserved',
    ]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff }), (raw) => {
        const value = sfloat(raw);
        if (raw >>> 12 !== 0) expect(isNumber(value)).toBe(true);
      }),
    );
  });

  it('is no value when special, out of the bounds of its kind, or beyond the decimals of the protocol', () => {
    expect(absentReason('NaN')).toBe('not-a-number');
    expect(absentReason('NRes')).toBe('not-a-number');
    expect(absentReason('+INF')).toBe('positive-infinity');
    expect(absentReason('-INF')).toBe('negative-infinity');
    expect(absentReason(undefined)).toBe('unknown');
    expect(absentReason({ coefficient: 1, exponent: 19 })).toBe('not-a-number');
    expect(absentReason({ coefficient: 0, exponent: 0 }, { above: 0 })).toBe('not-a-number');
    expect(absentReason({ coefficient: 1001, exponent: -1 }, { atMost: 100 })).toBe('not-a-number');
    expect(absentReason({ coefficient: 1000, exponent: -1 }, { above: 0, atMost: 100 })).toBeUndefined();
  });
});

describe('reader', () => {
  it('names what is missing and what is left', () => {
    const reader = new ValueReader('2A37', Uint8Array.of(1, 2, 3));
    expect(reader.u16()).toBe(0x0201);
    expect(() => reader.u24()).toThrow('2A37: 3 bytes, at least 5 are due');
    expect(() => reader.end()).toThrow('1 of 3 bytes are left over');
  });

  it('takes UTF-8, drops the NULs behind it and refuses anything else', () => {
    expect(utf8Text('2A29', Uint8Array.from(Buffer.from('Größe\0\0')))).toBe('Größe');
    expect(() => utf8Text('2A29', Uint8Array.of(0xc3))).toThrow(ValueRejected);
  });
});

describe('device time', () => {
  const bytes = (year: number, ...rest: number[]) => Uint8Array.of(year & 255, year >> 8, ...rest);

  it('is undefined where the device does not know it or says what cannot be', () => {
    expect(parseDateTime(bytes(2024, 2, 29, 23, 59, 59))?.text).toBe('2024-02-29T23:59:59');
    for (const wrong of [
      [0, 1, 1, 0, 0, 0],
      [2024, 0, 1, 0, 0, 0],
      [2024, 1, 0, 0, 0, 0],
      [2023, 2, 29, 0, 0, 0],
      [2024, 13, 1, 0, 0, 0],
      [2024, 1, 1, 24, 0, 0],
      [1581, 1, 1, 0, 0, 0],
      [10000, 1, 1, 0, 0, 0],
    ]) {
      expect(parseDateTime(bytes(wrong[0]!, ...wrong.slice(1)))).toBeUndefined();
    }
  });

  it('is placed on the time line of the tablet', () => {
    const now = Date.UTC(2026, 10, 22, 12, 0, 0);
    const ago = (ms: number, zone = 0) => localDateTime(now - ms + zone * 60_000);
    const line = (zone: number, offset?: number) => {
      const timeline = new DeviceTimeline({ utcOffsetMinutes: zone });
      if (offset !== undefined) timeline.learn(localDateTime(now + zone * 60_000 + offset), now);
      return timeline;
    };
    expect(line(60).place(ago(5000, 60), now, 1)).toMatchObject({ unixMs: now - 5000, quality: 2 });
    expect(line(60, 30_000).place(ago(5000, 60), now, 1)).toMatchObject({ unixMs: now - 5000, quality: 2 });
    expect(line(-300, 3_600_000).place(ago(5000 - 3_600_000, -300), now, 1)).toMatchObject({
      unixMs: now - 5000,
      quality: 3,
    });
    expect(line(0, 100 * 3_600_000).place(ago(5000), now, 7)).toMatchObject({ unixMs: 0, quality: 5, order: 7 });
    // In the future: the clock cannot be trusted.
    expect(line(0).place(ago(-3_600_000), now, 3)).toMatchObject({
      unixMs: 0,
      quality: 5,
      order: 3,
      deviceText: '2026-11-22T13:00:00',
    });
    expect(line(0).place(undefined, now, 3)).toMatchObject({ quality: 5, order: 3 });
    expect(originOf({ unixMs: now - 119_000 }, now)).toBe('live');
    expect(originOf({ unixMs: now - 121_000 }, now)).toBe('stored');
  });
});

describe('what must never be shown', () => {
  it('is a measurement that the oximeter calls unavailable, questionable or invalid', () => {
    for (let bit = 0; bit < 16; bit += 1) expect(notUsable(1 << bit)).toBe(bit >= 13);
    expect(oximetryValidity(0xe000)).toEqual(['invalid', 'questionable']);
    expect(oximetryValidity(1 << 10)).toEqual(['demo']);
    expect(oximetryValidity(undefined)).toEqual(['unqualified']);
  });

  it('is a glucose below or at zero, or of a control solution', () => {
    const record = (raw: string, place: string) =>
      parseGlucoseMeasurement(Uint8Array.from(Buffer.from(`020100e8070101000000${raw}${place}`, 'hex')));
    for (const raw of ['ffff', '0000', 'ff07', 'fe07', '00f0'])
      expect(glucoseValue(record(raw, '11').concentration)).toBeUndefined();
    expect(glucoseValue(record('6fb0', '11').concentration)).toEqual({
      value: { coefficient: 111, exponent: 0 },
      unit: 'mg/dL',
    });
    expect(isControlSolution(record('6fb0', '1a').concentration)).toBe(true);
    expect(isControlSolution(record('6fb0', '41').concentration)).toBe(true);
    expect(isControlSolution(record('6fb0', '11').concentration)).toBe(false);
  });
});
