/** What stands in the data of a frame. Pure; undefined for data that break the rules. */

export interface DeviceNames {
  readonly model: string;
  readonly serial: string;
  readonly firmware: string;
}

export interface Status {
  readonly batteryPercent: number;
}

/** A number, or why there is none. */
export type Reading = number | 'unknown' | 'not-a-number';

export interface Measurement {
  /** Counts up with each measurement, modulo 256. */
  readonly counter: number;
  /** Percent. */
  readonly spo2: Reading;
  /** Beats per minute. */
  readonly pulseRate: Reading;
}

/** Model, serial number and firmware in ASCII, with semicolons between them. */
export function parseNames(data: Uint8Array): DeviceNames | undefined {
  if (data.some((byte) => byte < 0x20 || byte > 0x7e)) return undefined;
  const [model, serial, firmware] = String.fromCharCode(...data).split(';');
  return model && serial !== undefined && firmware !== undefined ? { model, serial, firmware } : undefined;
}

/** Battery in percent. Newer firmware may send more bytes behind it. */
export function parseStatus(data: Uint8Array): Status | undefined {
  const batteryPercent = data[0];
  return batteryPercent === undefined || batteryPercent > 100 ? undefined : { batteryPercent };
}

/** Counter, SpO2, pulse rate (little endian). Newer firmware may send more bytes behind them. */
export function parseMeasurement(data: Uint8Array): Measurement | undefined {
  const [counter, spo2, low, high] = data;
  if (counter === undefined || spo2 === undefined || low === undefined || high === undefined) return undefined;
  return { counter, spo2: reading(spo2, 0xff, 100), pulseRate: reading(low + high * 256, 0xffff, 300) };
}

/** All bits set is "not measured"; zero, and what no body has, are no values. */
function reading(raw: number, notMeasured: number, most: number): Reading {
  if (raw === notMeasured) return 'unknown';
  return raw === 0 || raw > most ? 'not-a-number' : raw;
}
