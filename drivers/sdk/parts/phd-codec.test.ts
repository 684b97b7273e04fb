import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  apdu,
  attribute,
  type Bytes,
  be16,
  be32,
  float,
  list,
  octets,
  sfloat,
  text,
  absoluteTime as timeBytes,
} from '../simulated/mder.js';
import { absoluteTime, MderRejected, readWhole } from './mder.js';
import { APDU, decodeApdu, MESSAGE } from './phd-apdu.js';
import { ATTRIBUTE } from './phd-attributes.js';
import { Configuration } from './phd-configuration.js';
import type { EventInfo, ScanReport } from './phd-events.js';
import { ApduFramer } from './phd-framer.js';

const AT = Date.UTC(2026, 2, 9, 14, 5, 6, 70);

const bytes = (parts: Bytes) => Uint8Array.from(parts);
const prst = (choice: number, body: Bytes, invokeId = 7) =>
  apdu(APDU.PRST, octets([...be16(invokeId), ...be16(choice), ...octets(body)]));
const report = (type: number, info: Bytes, handle = 0) =>
  prst(MESSAGE.confirmedEvent, [...be16(handle), ...be32(0xffffffff), ...be16(type), ...octets(info)]);
const scan = (...items: readonly Bytes[]) => [...be16(0xf000), ...be16(3), ...list(items)];

const ASSOCIATION = apdu(APDU.AARQ, [
  ...be32(0x80000000),
  ...list([
    [
      ...be16(20601),
      ...octets([
        ...[...be32(0x80000000), ...be16(0x8000), ...be32(0x80000000), ...be32(0), ...be32(0x00800000)],
        ...[...octets([1, 2, 3, 4, 5, 6, 7, 8]), ...be16(0x4000), ...be16(1), 1, 0, ...list([])],
      ]),
    ],
  ]),
]);
const VALUE_MAP = list([
  [...be16(ATTRIBUTE.simpleValue), ...be16(4)],
  [...be16(ATTRIBUTE.absoluteTimeStamp), ...be16(8)],
]);
const WEIGHT = [
  attribute(ATTRIBUTE.type, [...be16(2), ...be16(57664)]),
  attribute(ATTRIBUTE.unit, be16(1731)),
  attribute(ATTRIBUTE.valueMap, VALUE_MAP),
];
const CONFIGURATION = report(0x0d1c, [...be16(0x4000), ...list([[...be16(6), ...be16(1), ...list(WEIGHT)]])]);
const FIXED = report(0x0d1d, scan([...be16(1), ...octets([...float(734, -1), ...timeBytes(AT)])]));
const VARIABLE = report(0x0d1e, scan([...be16(1), ...list([attribute(ATTRIBUTE.simpleValue, float(734, -1))])]));
const MDS = prst(MESSAGE.getReply, [
  ...be16(0),
  ...list([
    attribute(ATTRIBUTE.model, [...text('Maker'), ...text('Model')]),
    attribute(ATTRIBUTE.productionSpecification, list([[...be16(1), ...be16(0), ...text('A-1')]])),
    attribute(ATTRIBUTE.absoluteTime, timeBytes(AT)),
    attribute(0x0fff, [1, 2, 3]),
  ]),
]);
const ALL = { ASSOCIATION, CONFIGURATION, FIXED, VARIABLE, MDS, RELEASE: apdu(APDU.RLRQ, be16(0)) };

const infoOf = (parts: Bytes): EventInfo => {
  const decoded = decodeApdu(bytes(parts));
  if (decoded.kind !== 'PRST' || decoded.message.kind !== 'event') throw new Error('not an event report');
  return decoded.message.info;
};
const configurationOf = (parts: Bytes) => {
  const info = infoOf(parts);
  if (info.kind !== 'configuration') throw new Error('not a configuration');
  return Configuration.reported(info);
};
const scanOf = (parts: Bytes) => infoOf(parts) as ScanReport;

describe('APDUs', () => {
  it('are read whole', () => {
    expect(decodeApdu(bytes(ASSOCIATION))).toMatchObject({
      kind: 'AARQ',
      protocols: [{ id: 20601, info: { configurationId: 0x4000, encodingRules: 0x8000, systemType: 0x00800000 } }],
    });
    expect(decodeApdu(bytes(MDS))).toMatchObject({
      invokeId: 7,
      message: {
        kind: 'get-reply',
        attributes: {
          model: { manufacturer: 'Maker', model: 'Model' },
          production: [{ kind: 1, text: 'A-1' }],
          clock: { text: '2026-03-09T14:05:06.07', local: { text: '2026-03-09T14:05:06', ms: AT } },
        },
      },
    });
    expect(decodeApdu(bytes(prst(MESSAGE.error, [...be16(2), ...octets([])])))).toMatchObject({
      message: { kind: 'error', value: 2 },
    });
    expect(decodeApdu(bytes(apdu(APDU.AARE, [...be16(1), ...be16(0), ...octets([])])))).toMatchObject({
      result: 1,
      protocol: { info: undefined },
    });
  });

  it.each(Object.entries(ALL))('%s: cut at any byte, or with bytes behind it, is refused', (_name, parts) => {
    for (let end = 0; end < parts.length; end += 1) {
      expect(() => decodeApdu(bytes(parts.slice(0, end)))).toThrow(MderRejected);
    }
    expect(() => decodeApdu(bytes([...parts, 0]))).toThrow(MderRejected);
    // The outer length alone put right is not enough: each length within is checked.
    const [c0 = 0, c1 = 0, ...rest] = parts;
    expect(() => decodeApdu(bytes([c0, c1, ...be16(rest.length - 1), ...rest.slice(2), 0]))).toThrow(MderRejected);
  });

  it.each(Object.entries(ALL))('%s: with any bit flipped is read or refused, nothing else', (_name, parts) => {
    for (let bit = 0; bit < parts.length * 8; bit += 1) {
      const damaged = bytes(parts);
      damaged[bit >> 3]! ^= 0x80 >> (bit & 7);
      try {
        decodeApdu(damaged);
      } catch (error) {
        expect(error).toBeInstanceOf(MderRejected);
      }
    }
  });

  it('of random bytes are refused, nothing else', () => {
    const head = fc.constantFrom(...Object.values(APDU)).map((choice) => Array.from(be16(choice)));
    fc.assert(
      fc.property(head, fc.uint8Array({ maxLength: 80 }), (choice, body) => {
        try {
          decodeApdu(bytes([...choice, ...octets(Array.from(body))]));
        } catch (error) {
          expect(error).toBeInstanceOf(MderRejected);
        }
      }),
    );
  });

  it('state times in BCD; a date that does not exist is none', () => {
    const read = (...parts: number[]) => readWhole(bytes(parts), 'time', absoluteTime);
    expect(read(0x20, 0x07, 0x12, 0x06, 0x12, 0x10, 0x00, 0x00).text).toBe('2007-12-06T12:10:00.00');
    expect(read(0x20, 0x07, 0x02, 0x30, 0x12, 0x10, 0x00, 0x00).local).toBeUndefined();
    expect(read(0, 0, 0, 0, 0, 0, 0, 0).local).toBeUndefined();
    for (const byte of [0x0a, 0xa0, 0xff])
      expect(read(0x20, byte, 0x12, 0x06, 0x12, 0x10, 0x00, 0x00).local).toBeUndefined();
    expect(read(255, 255, 255, 255, 255, 255, 255, 255).local).toBeUndefined();
    expect(() => read(0x20, 0x07, 0x12, 0x06, 0x12, 0x10, 0x00)).toThrow(MderRejected);
  });
});

describe('the framer', () => {
  it('cuts a stream into the same APDUs however it is split', () => {
    const stream = bytes(Object.values(ALL).flat());
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: stream.length }), { maxLength: 12 }), (cuts) => {
        const framer = new ApduFramer();
        const edges = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        const results = edges.slice(1).flatMap((end, index) => framer.push(stream.slice(edges[index], end)));
        expect(results.map(({ bytes: one }) => [...one])).toEqual(Object.values(ALL));
        expect(results.every((result) => 'apdu' in result)).toBe(true);
        expect(framer.open).toBe(false);
      }),
    );
  });

  it('takes nothing after bytes that start no APDU until the line has been quiet', () => {
    const framer = new ApduFramer();
    expect(framer.push(bytes([0x55, 0x55, ...FIXED]))).toMatchObject([{ refused: { reject: 'choice' } }]);
    expect(framer.push(bytes(FIXED))).toEqual([]);
    expect(framer.quiet()).toEqual([]);
    expect(framer.push(bytes(FIXED))).toHaveLength(1);
  });

  it('refuses what ended early, and what is shorter than its length says', () => {
    const framer = new ApduFramer();
    expect(framer.push(bytes(FIXED.slice(0, -3)))).toEqual([]);
    expect(framer.quiet()).toMatchObject([{ refused: { reject: 'length' } }]);
    const [c0 = 0, c1 = 0, , low = 0, ...rest] = CONFIGURATION;
    const results = framer.push(bytes([c0, c1, 0, low - 6, ...rest]));
    expect(results.every((result) => 'refused' in result)).toBe(true);
  });
});

describe('configurations', () => {
  it('lay out fixed observations, and those by attributes are complete by them', () => {
    const scale = configurationOf(CONFIGURATION);
    const value = { coefficient: 734, exponent: -1 };
    const expected = { type: { code: 57664 }, attributes: { unit: 1731, value } };
    expect(scale.measurements(scanOf(FIXED), 0)).toMatchObject([
      { ...expected, attributes: { ...expected.attributes, timeStamp: { local: { ms: AT } } } },
    ]);
    expect(scale.measurements(scanOf(VARIABLE), 0)).toMatchObject([expected]);
  });

  it('refuse an observation of another length, of an unknown object, or of a group without a map', () => {
    const scale = configurationOf(CONFIGURATION);
    const short = report(0x0d1d, scan([...be16(1), ...octets(float(734, -1))]));
    const stranger = report(0x0d1d, scan([...be16(9), ...octets([...float(734, -1), ...timeBytes(AT)])]));
    const group = report(0x0d2a, scan(octets([1, 2, 3])), 40);
    for (const one of [short, stranger, group]) {
      expect(() => scale.measurements(scanOf(one), 40)).toThrow(MderRejected);
    }
  });

  it('tell the standard oximeter with a time stamp from the one without by the length', () => {
    const oximeter = Configuration.standard(0x0190);
    const of = (...value: number[]) => report(0x0d1d, scan([...be16(1), ...octets(value)]));
    const bare = oximeter?.measurements(scanOf(of(...sfloat(97))), 0)[0];
    const stamped = oximeter?.measurements(scanOf(of(...sfloat(97), ...timeBytes(AT))), 0)[0];
    expect(bare?.attributes).toMatchObject({ unit: 544, value: { coefficient: 97 } });
    expect(bare?.attributes.timeStamp).toBeUndefined();
    expect(stamped?.attributes.timeStamp?.local?.ms).toBe(AT);
  });

  it('give groups their handles by the value map of the scanner, per person', () => {
    const numeric = (handle: number, code: number, unit: number) => [
      ...[...be16(6), ...be16(handle)],
      ...list([attribute(ATTRIBUTE.type, [...be16(2), ...be16(code)]), attribute(ATTRIBUTE.unit, be16(unit))]),
    ];
    const basic = list([[...be16(ATTRIBUTE.basicValue), ...be16(2)]]);
    const map = list([
      [...be16(1), ...basic],
      [...be16(10), ...basic],
    ]);
    const scanner = [...be16(17), ...be16(40), ...list([attribute(ATTRIBUTE.scanHandleValueMap, map)])];
    const objects = list([numeric(1, 19384, 544), numeric(10, 18458, 2720), scanner]);
    const oximeter = configurationOf(report(0x0d1c, [...be16(0x4001), ...objects]));
    const group = [...sfloat(975, -1), ...sfloat(801, -1)];
    const sent = report(0x0d2d, scan([...be16(2), ...octets(group)]), 40);
    expect(oximeter.measurements(scanOf(sent), 40)).toMatchObject([
      { handle: 1, person: 2, attributes: { value: { coefficient: 975, exponent: -1 } } },
      { handle: 10, person: 2, attributes: { value: { coefficient: 801, exponent: -1 } } },
    ]);
    const long = report(0x0d2d, scan([...be16(2), ...octets([...group, 0])]), 40);
    expect(() => oximeter.measurements(scanOf(long), 40)).toThrow(MderRejected);
  });
});
