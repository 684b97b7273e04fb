import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { samples } from '../findings.js';
import { type LiveSample, type LiveValue, liveNumber } from './live-window.js';
import { sampleStrip } from './sample-strip.js';

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
