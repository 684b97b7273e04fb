import { v1 } from '@onebox/protocol/wire.js';
import { fields } from './protobuf-fields.js';

/**
 * Moves the times of an encoded `Finding` from the device's clock to the tablet's, without decoding the rest: a
 * strip of 30 s is copied as one run of bytes. Field numbers are those of finding.proto and value.proto.
 */
export interface DeviceClockState {
  /** Device minus tablet, milliseconds. */
  readonly offsetMs: number;
  /** The device's clock was never set: its times only tell the order. */
  readonly notSet: boolean;
}

/** Up to this difference the device's clock counts as the tablet's. */
const AGREES_MS = 60_000;
/** Beyond this one it only tells the order, as if it were not set. */
const USELESS_MS = 26 * 3_600_000;

/** Where a message has times: a field is a Time, or a message that has some. */
interface Places {
  readonly [field: number]: 'time' | Places;
}

const OBSERVATION: Places = { 4: 'time', 14: 'time' };
const FINDING: Places = {
  1: { 12: 'time' },
  3: OBSERVATION,
  4: OBSERVATION,
  5: OBSERVATION,
  6: { 3: 'time', 8: { 4: 'time' } },
  7: { 5: 'time' },
};

/** The finding as the tablet sees it. Throws RangeError when the bytes are not a protobuf message. */
export function toTabletTime(finding: Uint8Array, clock: DeviceClockState): Uint8Array {
  if (!clock.notSet && Math.abs(clock.offsetMs) <= AGREES_MS) return finding;
  return rewrite(finding, FINDING, clock);
}

function rewrite(bytes: Uint8Array, places: Places, clock: DeviceClockState): Uint8Array {
  const parts: Uint8Array[] = [];
  let copied = 0;
  for (const { start, end, field, body } of fields(bytes)) {
    const place = body === undefined ? undefined : places[field];
    if (place === undefined) continue;
    const content = bytes.subarray(body, end);
    const changed = place === 'time' ? moved(content, clock) : rewrite(content, place, clock);
    if (changed === content) continue;
    parts.push(bytes.subarray(copied, start), head(field, changed.length), changed);
    copied = end;
  }
  if (parts.length === 0) return bytes;
  parts.push(bytes.subarray(copied));
  return join(parts);
}

function moved(bytes: Uint8Array, { offsetMs, notSet }: DeviceClockState): Uint8Array {
  const time = v1.Time.decode(bytes);
  if (time.quality !== v1.TimeQuality.TIME_QUALITY_DEVICE) return bytes;
  if (notSet || Math.abs(offsetMs) > USELESS_MS) {
    // Seconds of a clock that is wrong still tell what came first.
    const order = time.order || Math.max(1, Math.floor(Math.abs(time.unixMs) / 1000) % 0x7fffffff);
    return v1.Time.encode({
      quality: v1.TimeQuality.TIME_QUALITY_ORDER_ONLY,
      deviceText: time.deviceText,
      order,
    }).finish();
  }
  return v1.Time.encode({
    unixMs: time.unixMs - offsetMs,
    endUnixMs: time.endUnixMs === 0 ? 0 : time.endUnixMs - offsetMs,
    quality: v1.TimeQuality.TIME_QUALITY_CORRECTED,
    deviceText: time.deviceText,
    order: time.order,
  }).finish();
}

function head(field: number, length: number): Uint8Array {
  const out: number[] = [];
  for (let value of [field * 8 + 2, length]) {
    for (; value >= 128; value = Math.floor(value / 128)) out.push((value % 128) | 0x80);
    out.push(value);
  }
  return Uint8Array.from(out);
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
