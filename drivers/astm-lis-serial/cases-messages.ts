import type { Json } from '@onebox/driver-sdk/cases.js';
import {
  type AstmFrame,
  type AstmFrameReject,
  decodeAstmFrame,
  ENQ,
  EOT,
  STX,
  terminatorIndex,
} from '@onebox/driver-sdk/parts/astm-frame.js';
import { type AstmRecord, AstmRecordReader } from '@onebox/driver-sdk/parts/astm-records.js';
import { latin1OrUtf8 } from '@onebox/driver-sdk/parts/text.js';

/** Messages that were written to a file: there is no sender to repeat a frame. */

type Refused = { readonly reject: AstmFrameReject };

export interface CapturedMessage {
  readonly records: readonly AstmRecord[];
  readonly frames: number;
  readonly taken: readonly AstmFrame[];
}

/**
 * Reads all frames of a capture. A frame whose printed checksum is wrong is refused, unless the case says
 * itself, in `frameChecksums`, that the capture prints a wrong one there.
 */
export function readCapture(bytes: Uint8Array, checksums: Json | undefined): CapturedMessage | Refused {
  const taken: AstmFrame[] = [];
  let rest = bytes;
  for (;;) {
    const start = rest.indexOf(STX);
    if (start < 0) break;
    rest = rest.subarray(start);
    const end = terminatorIndex(rest, 2);
    const result = decodeAstmFrame(rest, { bareCr: true, bareDigits: true });
    if ('frame' in result) {
      taken.push(result.frame);
      rest = rest.subarray(result.length);
      continue;
    }
    if (result.reject !== 'checksum' || !isKnownDefect(checksums, taken.length, result))
      return { reject: result.reject };
    taken.push({
      number: rest[1]! - 0x30,
      text: result.text ?? new Uint8Array(),
      terminator: rest[end] === 0x17 ? 'ETB' : 'ETX',
      checksum: result.printed ?? '',
    });
    rest = rest.subarray(end + 3);
  }
  if (taken.length === 0) return { reject: 'format' };
  return { records: readMessage(taken), frames: taken.length, taken };
}

/** Reads frames by the rules of the line: every one is whole, and nothing stands between them but ENQ and EOT. */
export function readFrames(bytes: Uint8Array): readonly AstmFrame[] | Refused {
  const taken: AstmFrame[] = [];
  let rest = bytes;
  for (;;) {
    while (rest[0] === ENQ || rest[0] === EOT) rest = rest.subarray(1);
    if (rest.length === 0 && taken.length > 0) return taken;
    const result = decodeAstmFrame(rest);
    if ('reject' in result) return { reject: result.reject };
    taken.push(result.frame);
    rest = rest.subarray(result.length);
  }
}

/** Records of the frames of a message. What an ETB leaves open, and no frame continues, is left out. */
export function readWholeRecords(frames: readonly AstmFrame[]): readonly AstmRecord[] {
  const records = readMessage(frames);
  const last = frames.at(-1);
  const open = last?.terminator === 'ETB' && ![0x0a, 0x0d].includes(last.text.at(-1) ?? 0x0d);
  return open ? records.slice(0, -1) : records;
}

/** Joins the texts of the frames and splits them into records. The end of a message ends its last record. */
export function readMessage(frames: readonly AstmFrame[]): readonly AstmRecord[] {
  const text = frames.flatMap((frame) => [...frame.text, ...(frame.terminator === 'ETX' ? [0x0d] : [])]);
  const reader = new AstmRecordReader();
  return latin1OrUtf8(Uint8Array.from(text))
    .split(/[\r\n]+/)
    .filter((record) => record !== '')
    .map((record) => reader.read(record));
}

function isKnownDefect(
  checksums: Json | undefined,
  index: number,
  frame: { readonly computed?: string; readonly printed?: string },
): boolean {
  const entry = Array.isArray(checksums) ? checksums[index] : undefined;
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return false;
  const { computed, printed } = entry as { readonly [key: string]: Json };
  return computed === frame.computed && printed === frame.printed && computed !== printed;
}
