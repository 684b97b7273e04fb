import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { crc16 } from '@onebox/protocol/framing.js';
import { type G5BackfillResponse, parseG5Record, type StoredValue } from './messages.js';
import { sensorState } from './states.js';

/** The stored values of a G5 or G6, in frames on the backfill characteristic. */

const HEADER = 2;
const LEAD = 4;
const RECORD = 8;
const MOST_MG_PER_DL = 1000;

export interface Backfill {
  /** Oldest first; none where `notGlucose`. */
  readonly records: readonly StoredValue[];
  /** Whole records that came, whatever is in them. */
  readonly wholeRecords: number;
  /** Length and check sum are right, and yet this is no glucose: what it is, is not known. */
  readonly notGlucose: boolean;
}

/**
 * @param frames as they came: index, identifier, up to 18 bytes
 * @param response what was announced; undefined when that message was missed: then only the content can tell
 * @throws ValueRejected `sequence` (a frame is missing or of another transfer), `length`, `crc`
 */
export function assembleBackfill(frames: readonly Uint8Array[], response: G5BackfillResponse | undefined): Backfill {
  const mark = response ? (response.identifier << 6) & 0xff : frames[0]?.[1];
  for (const [place, frame] of frames.entries()) {
    if (frame.length <= HEADER) throw new ValueRejected('length', `frame ${place + 1} has ${frame.length} bytes`);
    if (frame[0] !== ((place + 1) & 0xff) || frame[1] !== mark) {
      throw new ValueRejected('sequence', `frame ${place + 1} is missing or of another transfer`);
    }
  }
  if (response) complete(frames, response);
  const data = join(frames.map((frame) => frame.subarray(HEADER))).subarray(LEAD);
  const records = Array.from({ length: Math.floor(data.length / RECORD) }, (_, index) =>
    parseG5Record(data.subarray(index * RECORD, (index + 1) * RECORD)),
  );
  const notGlucose = !plausible(records, response);
  return { records: notGlucose ? [] : records, wholeRecords: records.length, notGlucose };
}

/** Length and check sum cover the frames with their headers. */
function complete(frames: readonly Uint8Array[], { bufferLength, bufferCrc }: G5BackfillResponse): void {
  const buffer = join(frames);
  if (buffer.length !== bufferLength) {
    throw new ValueRejected('length', `${buffer.length} of ${bufferLength} bytes of stored values came`);
  }
  if (crc16(buffer, 0) !== bufferCrc) throw new ValueRejected('crc', 'the check sum of the stored values is wrong');
}

function plausible(records: readonly StoredValue[], response: G5BackfillResponse | undefined): boolean {
  return records.every(({ timestamp, glucose = 0, state }, index) => {
    const before = records[index - 1]?.timestamp;
    const inside = !response || (timestamp >= response.startTime && timestamp <= response.endTime);
    const rises = before === undefined || timestamp > before;
    return inside && rises && glucose <= MOST_MG_PER_DL && sensorState('g5', state) !== undefined;
  });
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
