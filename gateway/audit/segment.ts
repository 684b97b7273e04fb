import type { v1 } from '@onebox/protocol/audit-messages.js';
import { equalBytes } from './crypto.js';
import { EVENTS } from './events.js';
import { encodeFrame, FrameType, readFrame } from './frame.js';
import { CompactRange, HASH_BYTES, leafHash } from './merkle.js';
import { type Checkpoint, parseCheckpoint, splitNote } from './note.js';
import { decodeRecord } from './record.js';

/**
 * Segment files of the log, and the walk through one that both recovery and verification use. A log has
 * one section; a damaged section is left as it is and a new one with a tree of its own goes on after it.
 */

export interface SegmentHeader {
  /** 8 random bytes: the same in all segments of a log. */
  readonly logId: Uint8Array;
  /** From 1. */
  readonly section: number;
  /** From 0 within the section. */
  readonly segment: number;
  /** Index of the first record of the section. */
  readonly base: number;
  /** Tree of the section before this segment. */
  readonly range: CompactRange;
  /** Number of the error for which the section was begun; 0 for the first. */
  readonly reason: number;
}

const MAGIC = Buffer.from('OBAL\x01', 'latin1');
const FIXED = MAGIC.length + 8 + 4 + 4 + 8 + 8 + 2 + 1;

export function encodeHeader(header: SegmentHeader): Uint8Array {
  const { hashes, size } = header.range;
  const body = Buffer.alloc(FIXED + hashes.length * HASH_BYTES);
  body.set(MAGIC, 0);
  body.set(header.logId, 5);
  body.writeUInt32LE(header.section, 13);
  body.writeUInt32LE(header.segment, 17);
  body.writeBigUInt64LE(BigInt(header.base), 21);
  body.writeBigUInt64LE(BigInt(size), 29);
  body.writeUInt16LE(header.reason, 37);
  body[39] = hashes.length;
  for (const [at, hash] of hashes.entries()) body.set(hash, FIXED + at * HASH_BYTES);
  return encodeFrame(FrameType.header, body, true);
}

export function decodeHeader(bytes: Uint8Array): SegmentHeader | undefined {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (
    body.length < FIXED ||
    !body.subarray(0, MAGIC.length).equals(MAGIC) ||
    body.length !== FIXED + body[39]! * HASH_BYTES
  )
    return undefined;
  const hashes = Array.from({ length: body[39]! }, (_, at) =>
    Uint8Array.from(body.subarray(FIXED + at * HASH_BYTES, FIXED + (at + 1) * HASH_BYTES)),
  );
  const range = CompactRange.from(Number(body.readBigUInt64LE(29)), hashes);
  if (range === undefined) return undefined;
  return {
    logId: Uint8Array.from(body.subarray(5, 13)),
    section: body.readUInt32LE(13),
    segment: body.readUInt32LE(17),
    base: Number(body.readBigUInt64LE(21)),
    range,
    reason: body.readUInt16LE(37),
  };
}

export function segmentName(section: number, segment: number): string {
  return `${String(section).padStart(4, '0')}-${String(segment).padStart(8, '0')}.seg`;
}

export interface SegmentFile {
  readonly name: string;
  readonly section: number;
  readonly segment: number;
}

/** The segment files among the names of a folder, in the order of the log. */
export function segmentFiles(names: readonly string[]): SegmentFile[] {
  return names
    .flatMap((name) => {
      const match = /^(\d{4,})-(\d{8,})\.seg$/.exec(name);
      return match === null ? [] : [{ name, section: Number(match[1]), segment: Number(match[2]) }];
    })
    .sort((a, b) => a.section - b.section || a.segment - b.segment);
}

/** The first line of the checkpoints of a section. */
export function sectionOrigin(logId: Uint8Array, section: number): string {
  return `${logOrigin(logId)}/${section}`;
}

/** Also the name of the key that signs them. */
export function logOrigin(logId: Uint8Array): string {
  return `onebox.local/log/${Buffer.from(logId).toString('hex')}`;
}

export type FaultKind = 'cut' | 'damaged' | 'header' | 'order' | 'checkpoint';

export interface Fault {
  readonly kind: FaultKind;
  /** Byte in the segment file. */
  readonly offset: number;
  /** Record that does not fit; the next one to come where none can be named. */
  readonly index: number;
}

export interface SegmentWalk {
  readonly header?: SegmentHeader;
  readonly fault?: Fault;
  /** Behind the last whole unit: a record, or a checkpoint with its record. */
  readonly end: number;
  /** Tree of the section up to `end`. */
  readonly tip: CompactRange;
  /** Records behind the last checkpoint, within this segment. */
  readonly sinceCheckpoint: number;
  readonly lastCheckpointSigned?: boolean;
}

export interface Visitor {
  record?(record: v1.AuditRecord, offset: number): void;
  /** Called with the tree's size after every record. */
  size?(range: CompactRange): void;
  /** False: the checkpoint is not to be trusted. */
  checkpoint?(checkpoint: Checkpoint, note: string, signed: boolean): boolean;
}

/**
 * Walks through the bytes of one segment: frames, order of the records, tree, and each checkpoint against
 * the tree. `before` is the tree of the section before it; undefined takes the header's word for it.
 */
export function walkSegment(
  bytes: Uint8Array,
  file: SegmentFile,
  before: CompactRange | undefined,
  visitor: Visitor = {},
): SegmentWalk {
  const first = readFrame(bytes, 0);
  const header = typeof first === 'object' && first.type === FrameType.header ? decodeHeader(first.body) : undefined;
  if (typeof first !== 'object' || header === undefined || !fits(header, file, before)) {
    const tip = before ?? CompactRange.empty();
    return {
      fault: { kind: first === 'cut' ? 'cut' : 'header', offset: 0, index: tip.size },
      end: 0,
      tip,
      sinceCheckpoint: 0,
    };
  }
  return walkUnits(bytes, first.end, header, visitor);
}

function walkUnits(bytes: Uint8Array, start: number, header: SegmentHeader, visitor: Visitor): SegmentWalk {
  let tip = header.range.clone();
  let end = start;
  let sinceCheckpoint = 0;
  let lastCheckpointSigned: boolean | undefined;
  const result = (kind?: FaultKind, offset = end): SegmentWalk => ({
    header,
    end,
    tip,
    sinceCheckpoint,
    ...(lastCheckpointSigned === undefined ? {} : { lastCheckpointSigned }),
    ...(kind === undefined ? {} : { fault: { kind, offset, index: header.base + tip.size } }),
  });
  while (end < bytes.length) {
    const frame = readFrame(bytes, end);
    if (typeof frame === 'string') return result(frame);
    const record = frame.type === FrameType.record ? decodeRecord(frame.body) : undefined;
    if (record === undefined || record.index !== header.base + tip.size) return result('order');
    if (record.event !== EVENTS.checkpoint.number) {
      tip.append(leafHash(frame.body));
      end = frame.end;
      sinceCheckpoint += 1;
    } else {
      const note = readFrame(bytes, frame.end);
      if (typeof note === 'string') return result(note, frame.end);
      const grown = tip.clone();
      grown.append(leafHash(frame.body));
      const signed = record.number.signed === 1;
      if (note.type !== FrameType.checkpoint || !checkpointFits(note.body, signed, header, grown, visitor))
        return result('checkpoint', note.offset);
      tip = grown;
      end = note.end;
      sinceCheckpoint = 0;
      lastCheckpointSigned = signed;
    }
    visitor.record?.(record, frame.offset);
    visitor.size?.(tip);
  }
  return result();
}

function checkpointFits(
  body: Uint8Array,
  signed: boolean,
  header: SegmentHeader,
  range: CompactRange,
  visitor: Visitor,
): boolean {
  try {
    const note = new TextDecoder('utf-8', { fatal: true }).decode(body);
    const checkpoint = parseCheckpoint(signed ? splitNote(note).text : note);
    if (checkpoint.origin !== sectionOrigin(header.logId, header.section)) return false;
    if (checkpoint.size !== range.size || !equalBytes(checkpoint.root, range.root())) return false;
    return visitor.checkpoint?.(checkpoint, note, signed) ?? true;
  } catch {
    return false;
  }
}

function fits(header: SegmentHeader, file: SegmentFile, before: CompactRange | undefined): boolean {
  if (header.section !== file.section || header.segment !== file.segment) return false;
  return before === undefined || (before.size === header.range.size && equalBytes(before.root(), header.range.root()));
}
