import { absent, type Details, evidence, fault, text } from '@onebox/driver-sdk/findings.js';
import { Base64Decoder } from '@onebox/driver-sdk/parts/base64.js';
import { type Hl7Delimiters, splitBytes } from '@onebox/driver-sdk/parts/hl7-er7.js';
import { printable } from '@onebox/driver-sdk/parts/text.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { placeOf } from './components.js';
import type { Obx } from './oru.js';
import type { MessageTimes } from './times.js';

/** Encapsulated documents (ED), e.g. the report as PDF/A: decoded, and kept as evidence. */

/** Bytes of Base64 of one piece: decoded they fit into one finding with its surroundings. */
const PIECE = 192 * 1024;

const latin = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 80));

/**
 * A document in pieces: `report.OBX`, or `report.OBX.1`, `.2` ... when it is long, and an observation that says what it
 * is and where its first piece is. What is not whole Base64 is a fault; what was decoded before stays.
 */
export function* documentFindings(
  obx: Obx,
  delimiters: Hl7Delimiters,
  times: MessageTimes,
): Generator<Finding, void, void> {
  const details: Details = {
    at: times.of(obx),
    source: `OBX ${obx.place}`,
    origin: 'stored',
    ...placeOf(obx),
  };
  const parts = splitBytes(obx.document ?? new Uint8Array(0), delimiters.component);
  const encoding = parts.findIndex((part) => /^base64$/i.test(latin(part).trim()));
  const data = encoding < 0 ? undefined : parts[encoding + 1];
  if (!data || data.length === 0) {
    yield absent(obx.code, 'unknown', details);
    if (obx.document && obx.document.length > 0) yield broken(obx, 'OBX-5 is not in Base64');
    return;
  }
  const kind = parts
    .slice(0, encoding)
    .map((part) => printable(latin(part)))
    .filter(Boolean);
  const id = `report.${obx.place}`;
  const short = data.length <= PIECE;
  const first = short ? id : `${id}.1`;
  const source = { origin: 3, field: `OBX ${obx.place}`, evidenceId: first };
  const decoder = new Base64Decoder();
  for (let at = 0, piece = 1; at < data.length; at += PIECE, piece += 1) {
    const decoded = decoder.push(data.subarray(at, at + PIECE));
    const rest = decoded && at + PIECE >= data.length ? decoder.finish() : undefined;
    const content = rest ? joined(decoded!, rest) : decoded;
    if (content && content.length > 0) {
      if (piece === 1) yield text(obx.code, kind.join(' ') || 'document', { ...details, source });
      yield evidence(short ? id : `${id}.${piece}`, 'line', content);
    }
    if (!decoded || (at + PIECE >= data.length && !rest)) {
      yield broken(obx, 'the document is not whole Base64');
      return;
    }
  }
}

function broken(obx: Obx, detail: string): Finding {
  return fault(new OneBoxError('PROTOCOL_DECODE', detail), 'episodes', { code: obx.code, detail });
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
