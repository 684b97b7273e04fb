import { perfusionIndex, pulseRate, spo2 } from './live.js';
import { type Packet, SESSION_END, STORED_PAIRS, STORED_WITH_INDEX } from './packets.js';

/** One second of a recording; undefined where the device marks the value as invalid or does not send it. */
export interface StoredPoint {
  readonly spo2: number | undefined;
  readonly pulseRate: number | undefined;
  readonly perfusionIndexRaw: number | undefined;
}

/**
 * Points of one storage packet: type 0F holds three pairs (00 00 is padding), type 09 one point with the
 * perfusion index. Undefined when it is no storage packet, or not a whole one.
 */
export function parseStored({ type, data }: Packet): readonly StoredPoint[] | undefined {
  if (type === STORED_WITH_INDEX && data.length === 4) {
    return [{ ...pair(data[0]!, data[1]!), perfusionIndexRaw: perfusionIndex(data[2]!, data[3]!) }];
  }
  if (type !== STORED_PAIRS || data.length !== 6) return undefined;
  const points: StoredPoint[] = [];
  for (let index = 0; index < data.length; index += 2) {
    const [oxygen, pulse] = [data[index]!, data[index + 1]!];
    if (oxygen !== 0 || pulse !== 0) points.push({ ...pair(oxygen, pulse), perfusionIndexRaw: undefined });
  }
  return points;
}

/** Reason code of the packet with which the device ends the session; 0 and 1 are a normal end. */
export function sessionEnd({ type, data }: Packet): number | undefined {
  return type === SESSION_END ? (data[0] ?? 0) : undefined;
}

function pair(oxygen: number, pulse: number): Pick<StoredPoint, 'spo2' | 'pulseRate'> {
  return { spo2: spo2(oxygen), pulseRate: pulseRate(pulse) };
}
