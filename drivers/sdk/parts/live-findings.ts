import type { Decimal, Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { absent, type Details, observation, samples } from '../findings.js';
import { type LiveSample, type LiveSecond, type LiveTable, type LiveValue, liveNumber } from './live-window.js';
import { sampleStrip } from './sample-strip.js';
import { LIVE_FRESH_MS } from './vital-source.js';

/** Values of one second, each with its validity; one that the device marks as invalid is absent. Then the waves. */
export function secondFindings(table: LiveTable, second: LiveSecond, source: string): Finding[] {
  const validity = second.doubtful ? 'questionable' : 'unqualified';
  const details: Details = { at: second.to, validity, source, freshFor: LIVE_FRESH_MS };
  const values = table.values.map(({ code, unit }, index) => {
    const value = second.values[index];
    return value === undefined
      ? absent(code, 'not-a-number', { ...details, validity: 'invalid' })
      : observation(code, value, unit, details);
  });
  const waves = table.waves.map(({ code, unit }, index) => {
    const wave = second.waves[index]!;
    const endUnixMs = second.from + Math.round((wave.length * 1000) / table.perSecond);
    return samples(code, sampleStrip(wave, periodMs(table.perSecond), unit), {
      at: { unixMs: second.from, endUnixMs, quality: v1.TimeQuality.TIME_QUALITY_TABLET },
      source,
      freshFor: LIVE_FRESH_MS,
    });
  });
  return [...values, ...waves];
}

/** To a ten-thousandth of a millisecond. */
function periodMs(perSecond: number): Decimal {
  return { coefficient: Math.round(1e7 / perSecond), exponent: -4 };
}

export interface TrackTable<Field extends string = string> {
  readonly values: readonly LiveValue<Field>[];
  /** Between two records. */
  readonly periodMs: number;
  /** Records of one finding. */
  readonly most: number;
  readonly source: string;
}

/**
 * Records of a device's memory that follow each other at equal distances, as one strip for each value. For devices that
 * do not say when a recording was made: only the order is known.
 */
export class StoredTracks {
  /** Records so far. */
  read = 0;
  private records: LiveSample[] = [];
  private order = 0;

  constructor(private readonly table: TrackTable) {}

  /** Takes records; returns the strips that they fill. */
  push(records: readonly LiveSample[]): Finding[] {
    this.read += records.length;
    return records.flatMap((record) => {
      this.records.push(record);
      return this.records.length < this.table.most ? [] : this.end();
    });
  }

  /** The strips of what is left. A value that no record has gives none. */
  end(): Finding[] {
    const records = this.records.splice(0);
    if (records.length === 0) return [];
    this.order += 1;
    const at = { quality: v1.TimeQuality.TIME_QUALITY_ORDER_ONLY, order: this.order };
    const { values, periodMs: period, source } = this.table;
    return values.flatMap((value) => {
      const track = records.map((record) => liveNumber(record, value));
      if (track.every((one) => one === undefined)) return [];
      const strip = sampleStrip(track, { coefficient: period, exponent: 0 }, value.unit);
      return [samples(value.code, strip, { at, source, origin: 'stored' })];
    });
  }
}
