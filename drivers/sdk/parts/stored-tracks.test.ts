import { v1 } from '@onebox/protocol/wire.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { code } from '../findings.js';
import { denseSamples } from './sample-strip.js';
import { StateAlerts } from './state-alerts.js';
import { StoredTracks } from './stored-tracks.js';

const SPO2 = { of: 'spo2', code: code('urn:test', 'spo2'), unit: '%', above: 0, atMost: 100 } as const;
const PULSE = { of: 'pulse', code: code('urn:test', 'pulse'), unit: '/min' } as const;

describe('records of a memory', () => {
  it('become strips of so many records, each value where it was and none where there was none', () => {
    const record = fc.record({
      spo2: fc.option(fc.integer({ min: 0, max: 127 }), { nil: undefined }),
      pulse: fc.option(fc.nat(254), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(fc.array(record, { maxLength: 5 }), { maxLength: 12 }), (packets) => {
        const tracks = new StoredTracks({ values: [SPO2, PULSE], periodMs: 1000, most: 7, source: 'memory' });
        const found = [...packets.flatMap((records) => tracks.push(records)), ...tracks.end()];
        const sent = packets.flat();
        expect(tracks.read).toBe(sent.length);
        for (const { of, code: what } of [SPO2, PULSE]) {
          const values = sent.map(({ [of]: value }) =>
            of === 'spo2' && (value! < 1 || value! > 100) ? undefined : value,
          );
          const seen: (number | undefined)[] = Array(sent.length).fill(undefined);
          for (const { observation } of found) {
            if (observation?.code !== what) continue;
            const { sample, gap } = observation.samples!;
            expect(sample!.length).toBeLessThanOrEqual(7);
            const track: (number | undefined)[] = [...sample!];
            for (const { first, count } of gap!) track.fill(undefined, first!, first! + count!);
            const from = (Number(observation.time?.order) - 1) * 7;
            for (const [place, value] of track.entries()) seen[from + place] = value;
          }
          expect(seen).toEqual(values);
        }
      }),
    );
  });

  it('say that only their order is known', () => {
    const tracks = new StoredTracks({ values: [PULSE], periodMs: 1000, most: 7, source: 'memory' });
    expect(tracks.end()).toEqual([]);
    tracks.push([{ pulse: 60 }]);
    expect(tracks.end()[0]?.observation).toMatchObject({
      time: { quality: v1.TimeQuality.TIME_QUALITY_ORDER_ONLY, order: 1 },
      samples: { unit: '/min', periodMs: { coefficient: 1000, exponent: 0 }, sample: [60] },
      source: { field: 'memory', origin: v1.Source.Origin.ORIGIN_STORED },
    });
  });
});

describe('samples with gaps', () => {
  it('lose and invent nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.nat(255), { nil: undefined })), (values) => {
        const { sample, gap } = denseSamples(values);
        const back: (number | undefined)[] = [...sample];
        for (const { first, count } of gap) back.fill(undefined, first, first + count);
        expect(back).toEqual(values);
        // A gap that touches another one is one gap.
        for (const [index, { first }] of gap.entries()) {
          const before = gap[index - 1];
          if (before) expect(first).toBeGreaterThan(before.first + before.count);
        }
      }),
    );
  });
});

describe('states', () => {
  it('are one alert when they begin and one with the same start when they end', () => {
    const { STATE_ACTIVE, STATE_ENDED } = v1.Alert.State;
    const state = { code: code('urn:test', 'off'), severity: v1.Severity.SEVERITY_CHECK };
    fc.assert(
      fc.property(fc.array(fc.boolean()), (flags) => {
        const alerts = new StateAlerts<string>('packet 1');
        const found = flags.flatMap((flag, at) => alerts.update('off', flag, at, state));
        const changes = flags.flatMap((flag, at) => (flag === (flags[at - 1] ?? false) ? [] : [at]));
        expect(found.map(({ alert }) => alert?.state)).toEqual(
          changes.map((_at, index) => (index % 2 === 0 ? STATE_ACTIVE : STATE_ENDED)),
        );
        expect(found.map(({ alert }) => alert?.since?.unixMs)).toEqual(
          changes.map((at, index) => (index % 2 === 0 ? at : changes[index - 1])),
        );
      }),
    );
  });

  it('are told apart by their key', () => {
    const alerts = new StateAlerts<number>('packet 1');
    const state = { code: code('urn:test', 'off'), severity: v1.Severity.SEVERITY_NOTE };
    expect(alerts.update(1, true, 5, state)[0]?.alert?.source?.field).toBe('packet 1');
    expect(alerts.update(2, false, 6, state)).toEqual([]);
    expect(alerts.update(2, true, 6, state)).toHaveLength(1);
  });
});
