import { hl7Delimiters, splitBytes, startsSegment } from '@onebox/driver-sdk/parts/hl7-er7.js';
import { MLLP_END, MLLP_START } from '@onebox/driver-sdk/parts/hl7-stream.js';
import { maskSegment } from './hl7-segment.js';
import { type ContentMask, overStream } from './pieces.js';
import { PADS, StandIns } from './stand-in.js';

/** CR, LF and the marks of MLLP blocks: what stands between segments. */
const BETWEEN: ReadonlySet<number> = new Set([0x0d, 0x0a, MLLP_START, MLLP_END]);
const MARK = [0xef, 0xbb, 0xbf];

/** A stretch of the stream without a mark between segments. */
interface Line {
  readonly from: number;
  readonly to: number;
}

/** Messages of HL7 v2 in ER7, in MLLP blocks or bare. */
export function hl7Mask(): ContentMask {
  const standIns = new StandIns();
  return overStream((stream) => {
    let delimiters: ReturnType<typeof hl7Delimiters> | undefined;
    /** The segment that has begun, with the lines that go on with it. */
    let open: Line[] = [];
    let inDocument = false;
    const close = () => {
      if (delimiters && open.length > 0) {
        const segment = Buffer.concat(open.map(({ from, to }) => stream.subarray(from, to)));
        maskSegment(segment, delimiters, standIns);
        putBack(stream, segment, open);
      }
      open = [];
    };
    for (const line of linesOf(stream)) {
      const bytes = stream.subarray(line.from, line.to);
      if (isHeader(bytes)) {
        close();
        delimiters = delimitersOf(bytes);
        inDocument = false;
        if (delimiters) open = [line];
        else bytes.fill(PADS[0]!);
      } else if (delimiters && startsSegment(bytes, delimiters.field)) {
        close();
        open = [line];
        inDocument = endsInDocument(bytes, delimiters.field);
      } else if (delimiters && open.length > 0 && inDocument) {
        open.push(line);
        inDocument = !bytes.includes(delimiters.field);
      } else bytes.fill(PADS[0]!);
    }
    close();
  });
}

function* linesOf(stream: Uint8Array): Generator<Line> {
  let from = MARK.every((byte, at) => stream[at] === byte) ? MARK.length : 0;
  for (let at = from; at <= stream.length; at += 1) {
    if (at < stream.length && !BETWEEN.has(stream[at]!)) continue;
    if (at > from) yield { from, to: at };
    from = at + 1;
  }
}

const isHeader = (line: Uint8Array): boolean => line[0] === 0x4d && line[1] === 0x53 && line[2] === 0x48;

/** In OBX-5 of the type ED: some senders break its document into lines. What follows a whole field is none of it. */
function endsInDocument(segment: Uint8Array, field: number): boolean {
  const fields = splitBytes(segment, field);
  const [name, type] = [fields[0], fields[2]].map((bytes) => Buffer.from(bytes ?? []).toString('latin1'));
  return name === 'OBX' && type === 'ED' && fields.length === 6;
}

function delimitersOf(header: Uint8Array): ReturnType<typeof hl7Delimiters> | undefined {
  try {
    return hl7Delimiters(header);
  } catch {
    return undefined;
  }
}

function putBack(stream: Uint8Array, segment: Uint8Array, lines: readonly Line[]): void {
  let at = 0;
  for (const { from, to } of lines) {
    stream.set(segment.subarray(at, at + to - from), from);
    at += to - from;
  }
}
