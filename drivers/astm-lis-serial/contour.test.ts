import { astmRecord } from '@onebox/driver-sdk/parts/astm-records.js';
import { describe, expect, it } from 'vitest';
import { contourHeader, contourResult } from './contour.js';

const header = (config: string, rest = '12||||||1|202603041530') =>
  contourHeader(astmRecord(`H|\\^&||******|MeterX^01.02\\03.04\\05.06^X-1^SKU|${config}|${rest}`));
const result = (text: string) => contourResult(astmRecord(text));
const LIMITS = '070070070070180130150250';

describe('header of a Contour meter', () => {
  it('is told from that of an analyser', () => {
    expect(contourHeader(astmRecord('H|\\^&|||ANALYSER^1.0^S1|||||||P||20260304153000'))).toBeUndefined();
    expect(header('U=0')).toMatchObject({
      productCode: 'MeterX',
      digitalVersion: '01.02',
      analogVersion: '03.04',
      agpVersion: '05.06',
      serialNumber: 'X-1',
      sku: 'SKU',
    });
  });

  it('finds time, version and processing id from the end, with the id and without it', () => {
    expect(header('U=0')).toMatchObject({
      processingId: null,
      specVersion: '1',
      dateTime: '2026-03-04T15:30',
      totalResults: 12,
    });
    expect(header('U=0', '12||||||P|1|20260304153007')).toMatchObject({
      processingId: 'P',
      specVersion: '1',
      dateTime: '2026-03-04T15:30:07',
    });
    expect(header('U=0', '12')).toMatchObject({ processingId: null, specVersion: null, dateTime: null });
  });

  it('reads the unit with and without its leading zero, and the two forms of the range', () => {
    expect(header('U=0^V=10600')).toMatchObject({ unitCode: '0', lowBoundMgDl: 10, highBoundMgDl: 600 });
    expect(header('U=01^V=20600')).toMatchObject({
      unitCode: '1',
      lowBoundMgDl: 20,
      highBoundMgDl: 600,
      config: { U: '01' },
    });
    expect(header('U=x^V=abc')).toMatchObject({ unitCode: 'x', lowBoundMgDl: null, highBoundMgDl: null });
  });

  it('names the eight limits only where their order is the known one', () => {
    expect(header(`X=${LIMITS}`)?.limits).toMatchObject({ hypoLimit: 70, overallHigh: 180, hyperLimit: 250 });
    for (const text of ['070070070180130180070130', '0700700700701801301502', 'x'.repeat(24)]) {
      expect(header(`X=${text}`)).toMatchObject({ limits: undefined, config: { X: text } });
    }
    const known = contourHeader(astmRecord(`H|\\^&||*|Meter7350^1\\2\\3^S^K|X=${LIMITS}|1`));
    expect(known?.limits).toBeUndefined();
  });
});

describe('result of a Contour meter', () => {
  it('keeps the order of the markers and the reference method', () => {
    expect(result('R|3|^^^Glucose|93|mg/dL^P||A/M0/T1||202603041150')).toMatchObject({
      sequence: 3,
      test: 'Glucose',
      number: '93',
      unit: 'mg/dL',
      referenceMethod: 'P',
      markers: ['A', 'M0', 'T1'],
      control: false,
      outOfRange: null,
      dateTime: '2026-03-04T11:50',
    });
  });

  it('knows a control by its marker, and by the field of its own of older meters', () => {
    expect(result('R|1|^^^Glucose|122|mg/dL^P||A/C||202603041150').control).toBe(true);
    expect(result('R|1|^^^Glucose|122|mg/dL^P||E||202603041150').control).toBe(true);
    expect(result('R|1|^^^Glucose|122|mg/dL^P|E|||202603041150').control).toBe(true);
  });

  it('tells a value beyond the range from a measured one', () => {
    expect(result('R|1|^^^Glucose|600|mg/dL^P||>/B||202603041150').outOfRange).toBe('HI');
    expect(result('R|1|^^^Glucose|10|mg/dL^P||<||202603041150').outOfRange).toBe('LO');
    expect(result('R|1|^^^Glucose|HI|mg/dL^P||||202603041150')).toMatchObject({ outOfRange: 'HI', number: null });
  });
});
