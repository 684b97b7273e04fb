import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCgmFeature, parseCgmMeasurements, parseCgmRunTime, parseCgmSessionStart, parseCgmStatus } from './cgm.js';
import { type CrcVariant, checkCrc, e2eCrc } from './e2e-crc.js';
import { isNumber, ValueRejected } from './gatt-values.js';
import {
  IDD_780G,
  IDD_SIG,
  parseAnnunciation,
  parseIddFeatures,
  parseIddStatus,
  parseReaderAnswer,
  parseStatusChanged,
} from './insulin-delivery.js';
import { parseHistoryEvent, ReferenceTimes } from './insulin-history.js';
import { sum } from './insulin-history-findings.js';
import { parseInsulinRecordAccess } from './insulin-record-access.js';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));
const on = (variant: CrcVariant) => ({ variant, crc: true }) as const;
/** A value with its CRC behind it. */
const crcBehind = (hex: string, variant: CrcVariant = 'sig') => {
  const value = bytes(hex);
  const crc = e2eCrc(value, variant);
  return Uint8Array.from([...value, crc & 0xff, crc >> 8]);
};

describe('E2E-CRC', () => {
  it('is the one of the worked example, and the other of devices that shift the other way', () => {
    expect(e2eCrc(bytes('3e010203040506070809'), 'sig')).toBe(0x2f01);
    // Check value of CRC-16/CCITT-FALSE.
    expect(e2eCrc(new TextEncoder().encode('123456789'), 'ccitt-false')).toBe(0x29b1);
    expect(e2eCrc(new TextEncoder().encode('123456789'), 'sig')).toBe(0x6f91);
  });

  it('tells which rule fits, and refuses what fits by none', () => {
    const value = bytes('0102');
    expect(checkCrc('x', value, e2eCrc(value, 'ccitt-false'), 'sig')).toMatchObject({
      variant: 'ccitt-false',
      otherVariant: true,
    });
    expect(() => checkCrc('x', value, 0, 'sig')).toThrow(ValueRejected);
  });
});

const SIGNED_RECORD = crcBehind('0ec3 f900 f40b 00 00 74e0 0a00');
const PARSERS: Readonly<Record<string, (value: Uint8Array) => unknown>> = {
  measurement: (value) => parseCgmMeasurements(value, on('sig')),
  feature: (value) => parseCgmFeature(value, 'sig'),
  status: (value) => parseCgmStatus(value, on('sig')),
  start: (value) => parseCgmSessionStart(value, on('sig')),
  runTime: (value) => parseCgmRunTime(value, on('sig')),
  iddStatus: (value) => parseIddStatus(value, { ...IDD_SIG, protected: true }),
  changed: (value) => parseStatusChanged(value, IDD_SIG),
  annunciation: (value) => parseAnnunciation(value, IDD_SIG),
  iddFeatures: (value) => parseIddFeatures(value, 'sig'),
  answer: (value) => parseReaderAnswer(value, IDD_780G),
  history: (value) => parseHistoryEvent(value, IDD_SIG),
  maker: (value) => parseHistoryEvent(value, IDD_780G),
  access: (value) => parseInsulinRecordAccess(value, IDD_SIG),
};

describe('parsers', () => {
  it.each(Object.entries(PARSERS))('of %s end with a value or a refusal, whatever comes', (_name, parse) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (value) => {
        try {
          parse(value);
        } catch (error) {
          if (!(error instanceof ValueRejected)) throw error;
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['measurement', SIGNED_RECORD],
    ['status', crcBehind('f40b 000001')],
    ['start', crcBehind('ea07 031c 0a1f 2a 80 ff')],
    ['iddStatus', crcBehind('55 96 e8f3 01 07')],
    ['history', crcBehind('6900 d2070000 1000 2a00 33 2df0 0000 0000')],
  ] as const)('of a protected %s refuse it when it is cut anywhere or one bit is wrong', (name, value) => {
    const parse = PARSERS[name]!;
    expect(() => parse(value)).not.toThrow();
    for (let length = 0; length < value.length; length += 1) {
      // Two bytes less are a value without a CRC, which is for the profile to allow.
      if (name === 'history' && length === value.length - 2) continue;
      expect(() => parse(value.slice(0, length)), `cut at ${length}`).toThrow(ValueRejected);
    }
    for (let bit = 0; bit < value.length * 8; bit += 1) {
      const wrong = value.slice();
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      // An event whose number is not known any more may be of any length: its data are passed on, nothing is read of them.
      if (name === 'history' && bit < 16) continue;
      expect(() => parse(wrong), `bit ${bit}`).toThrow(ValueRejected);
    }
  });

  it('takes several records of one notification', () => {
    const both = Uint8Array.from([...SIGNED_RECORD, ...SIGNED_RECORD]);
    expect(parseCgmMeasurements(both, on('sig'))).toHaveLength(2);
    expect(() => parseCgmMeasurements(both.slice(0, -1), on('sig'))).toThrow(ValueRejected);
  });

  it('calls an enumeration that is not listed invalid', () => {
    expect(parseIddStatus(bytes('34 96 e8f3 01'), IDD_SIG)).toMatchObject({
      therapyControlState: 'invalid',
      operationalState: 'ready',
    });
  });

  it('reads the answers of the status reader by both profiles', () => {
    expect(parseReaderAnswer(bytes('fc03 01 20f0 9600'), IDD_SIG)).toMatchObject({
      op: 0x03fc,
      values: { onBoard: { coefficient: 32, exponent: -1 }, remaining: 150 },
    });
    expect(parseReaderAnswer(bytes('fc03 00 200000ff'), IDD_780G).values).toMatchObject({
      onBoard: { coefficient: 32, exponent: -1 },
    });
    expect(parseReaderAnswer(bytes('3f03 02 0100 0200'), IDD_SIG).values).toMatchObject({ ids: [1, 2] });
    expect(() => parseReaderAnswer(bytes('0c03'), IDD_SIG)).toThrow(ValueRejected);
  });
});

describe('history', () => {
  const reference = (sequence: string, reason: string, day: string) =>
    parseHistoryEvent(bytes(`0f00 ${sequence} 0000 ${reason} ea07 0b ${day} 08 00 00 00 00`), IDD_SIG);
  const at = (times: ReferenceTimes, sequence: number, relativeOffset = 60) =>
    times.timeOf({ sequence, relativeOffset });

  it('dates an event by the last reference time at or before it', () => {
    const times = new ReferenceTimes();
    times.learn(reference('14000000', '3c', '02'));
    times.learn(reference('0a000000', '33', '01'));
    expect(at(times, 9).local).toBeUndefined();
    expect(at(times, 10).local?.text).toBe('2026-11-01T08:01:00');
    expect(at(times, 19).local?.text).toBe('2026-11-01T08:01:00');
    expect(at(times, 25).local?.text).toBe('2026-11-02T08:01:00');
    expect(at(times, 25).uncertain).toBe(false);
  });

  it('marks what follows a loss of the clock', () => {
    const times = new ReferenceTimes();
    times.learn(reference('0a000000', '55', '01'));
    expect(at(times, 11).uncertain).toBe(true);
  });

  it('reads the events of the maker by their profile only', () => {
    const short = bytes('0ef0 01000000 0000 33 ea07 0b 01 08 00 00');
    expect(parseHistoryEvent(short, IDD_780G)).toMatchObject({ name: 'Reference Time', manufacturer: true });
    expect(parseHistoryEvent(short, IDD_SIG)).toMatchObject({ name: undefined, manufacturer: true });
  });

  it('adds amounts exactly', () => {
    expect(sum({ coefficient: 1, exponent: -1 }, { coefficient: 2, exponent: -2 })).toEqual({
      coefficient: 12,
      exponent: -2,
    });
    const scaled = fc.record({
      coefficient: fc.integer({ min: -2048, max: 2047 }),
      exponent: fc.integer({ min: -8, max: 7 }),
    });
    fc.assert(
      fc.property(scaled, scaled, (a, b) => {
        const total = sum(a, b);
        const value = ({ coefficient, exponent }: typeof a) => BigInt(coefficient) * 10n ** BigInt(exponent + 20);
        if (total === 'NaN') return Math.abs(a.exponent - b.exponent) > 11;
        return total !== undefined && isNumber(total) && value(total) === value(a) + value(b);
      }),
    );
    expect(sum('NaN', { coefficient: 1, exponent: 0 })).toBe('NaN');
  });
});
