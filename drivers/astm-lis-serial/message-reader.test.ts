import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/messages.js';
import { validateFinding } from '@onebox/protocol/validate.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageReader } from './message-reader.js';

const AT = Date.UTC(2026, 2, 4, 15, 30, 20);
const { AbsentReason, TimeQuality, Validity } = v1;

function read(records: readonly string[], utcOffsetMinutes = 0): Finding[] {
  const reader = new MessageReader(utcOffsetMinutes);
  return records.flatMap((record) => reader.read(record, AT));
}
const values = (findings: readonly Finding[]) =>
  findings.flatMap(({ observation }) => (observation ? [observation] : []));

const METER = 'H|\\^&||*|MeterX^1\\2\\3^X-1^SKU|U=0^V=10600|3||||||1|202603041530';
const ANALYSER = 'H|\\^&|||ANALYSER^1.0^S1|||||||P||20260304153020';

describe('records to findings', () => {
  it('gives every value its unit, time, source and validity', () => {
    const [value] = values(read([METER, 'P|1', 'R|1|^^^Glucose|5.4|mmol/L^B||B||202603041430']));
    expect(value).toMatchObject({
      numeric: { value: { coefficient: 54, exponent: -1 }, unit: 'mmol/L' },
      time: {
        unixMs: Date.UTC(2026, 2, 4, 14, 30),
        quality: TimeQuality.TIME_QUALITY_DEVICE,
        deviceText: '2026-03-04T14:30',
      },
      validity: [Validity.VALIDITY_UNQUALIFIED],
      source: { field: 'R 1' },
    });
    expect(value?.code?.coding?.map(({ code }) => code)).toEqual(['160364', 'Glucose']);
  });

  it('takes times as of the zone of the tablet', () => {
    const [value] = values(read([METER.replace('1530', '1630'), 'R|1|^^^Glucose|100|mg/dL^P||||202603041530'], 60));
    expect(value?.time).toMatchObject({
      unixMs: Date.UTC(2026, 2, 4, 14, 30),
      quality: TimeQuality.TIME_QUALITY_DEVICE,
    });
  });

  it('does not trust a clock that was never set, nor a time in the future', () => {
    const unset = values(read([METER.replace('2026', '2007'), 'R|1|^^^Glucose|100|mg/dL^P||||200703041430']));
    const future = values(read([METER, 'R|1|^^^Glucose|100|mg/dL^P||||202603041630']));
    for (const [value] of [unset, future])
      expect(value?.time).toMatchObject({ quality: TimeQuality.TIME_QUALITY_ORDER_ONLY, order: 1 });
  });

  it('has the order only where there is no usable time', () => {
    const found = values(read([ANALYSER, 'R|1|^^^A|1|mg/L||N||F', 'R|2|^^^B|2|mg/L||N||F||||20260304']));
    expect(found.map(({ time }) => time)).toMatchObject([
      { quality: TimeQuality.TIME_QUALITY_ORDER_ONLY, order: 1 },
      { quality: TimeQuality.TIME_QUALITY_ORDER_ONLY, order: 2, deviceText: '2026-03-04' },
    ]);
  });

  it('never assumes a unit, and drops no test that it does not know', () => {
    const found = values(
      read([
        ANALYSER,
        'R|1|^^^771|5||||F',
        'R|2|^^^Odd|7|furlong||||F',
        'R|3|^^^Text|positive|||||F',
        'R|4|^^^None||mg/L||||F',
      ]),
    );
    expect(found.map(({ code }) => code?.coding?.[0]?.code)).toEqual(['771', 'Odd', 'Text', 'None']);
    expect(found.map(({ text }) => text)).toEqual(['5', '7 furlong', 'positive', undefined]);
    expect(found[3]?.absent).toBe(AbsentReason.ABSENT_REASON_UNKNOWN);
    expect(found.every(({ numeric }) => !numeric)).toBe(true);
  });

  it('keeps quality control apart by the order record, and the specimens of different people', () => {
    const found = values(
      read([ANALYSER, 'P|1|ONE', 'O|1|S1|||||||||Q', 'R|1|^^^A|1|mg/L', 'P|2|TWO', 'O|1|S2', 'R|1|^^^A|2|mg/L']),
    );
    expect(found[0]?.validity).toEqual([Validity.VALIDITY_TEST]);
    expect(found[1]?.validity).toEqual([Validity.VALIDITY_UNQUALIFIED]);
    expect(found[1]?.qualifier?.map(({ coding }) => coding?.[0]?.code)).toEqual(['S2', 'TWO']);
  });

  it('knows from the L record that the sender did not finish', () => {
    const reader = new MessageReader(0);
    reader.read('L|1|N', AT);
    expect(reader.aborted).toBe(false);
    reader.read('L|1|T', AT);
    expect(reader.aborted).toBe(true);
  });

  it('says nothing that breaks the rules of the protocol, whatever the instrument sends', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('\u0001', ' ', '^^^Glucose', '5.2', 'mg/dL^P', '>', '202603041430', '', '99999999999999999999'),
    );
    const record = fc.tuple(fc.constantFrom('H|\\^&', 'P', 'O', 'R', 'C', 'L', 'X'), fc.array(part, { maxLength: 14 }));
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), (records) => {
        const findings = read([METER, ...records.map(([type, parts]) => [type, ...parts].join('|'))]);
        for (const finding of findings) expect(validateFinding(finding)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
