import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pumpModel } from './event-types.js';
import { parseGlucosePage } from './glucose-page.js';
import { duplicates, parseHistoryPage } from './history-page.js';
import { historyValue } from './history-values.js';
import { glucosePageBytes, glucoseTimeBytes, historyPageBytes, recordTimeBytes } from './simulated-pages.js';
import { trustedCount } from './timeline.js';

const MODEL = pumpModel('754')!;
const AT = Date.UTC(2016, 6, 15, 20, 2, 20);
const at = (minutes: number) => recordTimeBytes(AT + minutes * 60_000);
const suspend = (minutes: number) => [0x1e, 0, ...at(minutes)];
const bolus = (minutes: number, amount: number) => [0x01, 0, amount, 0, amount, 0, 0, 0, ...at(minutes)];

function rejected(parse: () => unknown): string | undefined {
  try {
    parse();
    return undefined;
  } catch (error) {
    if (error instanceof ValueRejected) return error.reject;
    throw error;
  }
}

describe('history pages', () => {
  it('are read as they were written', () => {
    const { events, problem } = parseHistoryPage(
      historyPageBytes([suspend(0), [0x5c, 5, 60, 200, 0x10], bolus(5, 42)]),
      MODEL,
    );
    expect(problem).toBeUndefined();
    expect(events.map(({ type, time }) => [type.name, time?.text])).toEqual([
      ['suspend', '2016-07-15T20:02:20'],
      ['bolusNormal', '2016-07-15T20:07:20'],
    ]);
    expect(historyValue(events[1]!, MODEL)).toMatchObject({ amount: { coefficient: 105, exponent: -2 } });
    expect(events[1]!.unabsorbed).toEqual([{ fortieths: 60, minutes: 200 + 256 }]);
  });

  it('are kept up to an unknown or cut record', () => {
    const unknown = parseHistoryPage(historyPageBytes([suspend(0), [0xee, 1, 2], suspend(9)]), MODEL);
    expect(unknown.events).toHaveLength(1);
    expect(unknown.problem).toBe('unknown record 0xee at offset 7');
    const full = Array.from({ length: 145 }, (_, index) => suspend(index));
    const cut = parseHistoryPage(historyPageBytes([...full, [0x07, 1, 2, 3, 4, 5, 6]]), MODEL);
    expect(cut.events).toHaveLength(145);
    expect(cut.problem).toMatch(/0x07 at offset 1015 is cut/);
    const total = parseHistoryPage(historyPageBytes([...full.slice(0, 143), [0x6e, ...Array(20).fill(1)]]), MODEL);
    expect(total.events.at(-1)?.type.name).toBe('dailyTotal523');
  });

  it('say what is there twice, and where the clock was lost', () => {
    const lost = [0x06, 21, 0, 0, ...recordTimeBytes(Date.UTC(2007, 0, 1))];
    const { events } = parseHistoryPage(
      historyPageBytes([suspend(0), suspend(0), lost, suspend(5), bolus(6, 40)]),
      MODEL,
    );
    expect(duplicates(events)).toEqual([[0, 1]]);
    expect(trustedCount(events)).toBe(3);
  });

  it('are refused whole with one wrong bit, or another length', () => {
    const page = historyPageBytes([suspend(0), bolus(5, 42)]);
    expect(rejected(() => parseHistoryPage(page.subarray(1), MODEL))).toBe('length');
    for (let bit = 0; bit < page.length * 8; bit += 1) {
      const wrong = page.slice();
      wrong[bit >> 3]! ^= 1 << (bit & 7);
      expect(rejected(() => parseHistoryPage(wrong, MODEL))).toBe('crc');
    }
  });

  it('never break the reader', () => {
    const content = fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 16 });
    fc.assert(
      fc.property(content, fc.constantFrom('515', '522', '723', '754'), (records, model) => {
        const known = pumpModel(model)!;
        const page = historyPageBytes(records.map((record) => [...record]));
        for (const event of parseHistoryPage(page, known).events) historyValue(event, known);
        parseGlucosePage(page);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('glucose pages', () => {
  const stamp = (kind: number) => [0x08, ...glucoseTimeBytes(AT, kind)];

  it('place readings by the time stamps between them', () => {
    const page = parseGlucosePage(glucosePageBytes([[60], [61], stamp(1), [62], [0x06], [0x02], [63]]));
    expect(page.needsTimestamp).toBe(false);
    const placed = page.records.map(({ name, mgPerDl, time }) => [name, mgPerDl, time?.text.slice(11, 16)]);
    expect(placed).toEqual([
      ['GlucoseSensorData', 120, '20:12'],
      ['GlucoseSensorData', 122, '20:07'],
      ['SensorTimestamp', undefined, '20:02'],
      ['GlucoseSensorData', 124, '20:02'],
      ['SensorDataLow', 40, '19:57'],
      ['WeakSignal', undefined, '19:52'],
      ['GlucoseSensorData', 126, '19:47'],
    ]);
  });

  it('give nothing when the first time cannot place what is newer', () => {
    for (const first of [stamp(2), [0x0b, ...glucoseTimeBytes(AT, 1)]]) {
      expect(parseGlucosePage(glucosePageBytes([[60], first, [62]]))).toMatchObject({
        needsTimestamp: true,
        records: [],
      });
    }
    expect(parseGlucosePage(glucosePageBytes([stamp(2), [62]])).records).toHaveLength(2);
  });
});
