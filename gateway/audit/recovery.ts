import { join } from 'node:path';
import type { v1 } from '@onebox/protocol/audit-messages.js';
import { ERRORS, type ErrorName, errorByCode } from '@onebox/protocol/errors.js';
import type { Files } from '../files/files.js';
import { equalBytes, randomBytes } from './crypto.js';
import { EVENTS } from './events.js';
import { laterWriteBehind } from './frame.js';
import { type KeptCheckpoint, keptCheckpoints } from './kept.js';
import { CompactRange } from './merkle.js';
import { type SegmentFile, type SegmentHeader, type SegmentWalk, segmentFiles, walkSegment } from './segment.js';

/** Where the log goes on, found by reading its last segment and the checkpoints kept apart. */
export interface LogPlace {
  /** The segment to go on in; without `continues` it is to be made. */
  readonly header: SegmentHeader;
  readonly continues?: { readonly name: string; readonly end: number };
  readonly tip: CompactRange;
  readonly sinceCheckpoint: number;
  /** Bytes of a torn write, never acknowledged, that are to be cut off or removed. */
  readonly droppedBytes: number;
  /** Segments to remove: power went while they were made, nothing in them was acknowledged. */
  readonly torn: readonly string[];
  /** The section before was damaged; a new one begins, or was begun and nothing is in it yet. */
  readonly damage?: ErrorName;
}

/**
 * Finds the place; `visit` sees the last records in order, so many of them that no access can have begun before and
 * still be open. Changes nothing.
 */
export async function findPlace(
  files: Files,
  folder: string,
  keptFolder: string,
  visit: (record: v1.AuditRecord) => void,
): Promise<LogPlace> {
  const kept = await keptCheckpoints(files, keptFolder);
  const segments = segmentFiles(await files.list(folder));
  const torn: string[] = [];
  for (let droppedBytes = 0; ; ) {
    const last = segments.at(-1);
    if (last === undefined) return { ...firstPlace(kept), droppedBytes, torn };
    const bytes = (await files.read(join(folder, last.name))) ?? new Uint8Array();
    if (!isTornHeader(bytes, last)) {
      const place = await continued(files, folder, segments, last, bytes, kept, visit);
      // What was damaged stays as it is.
      if (place.continues === undefined) return { ...place, torn: [] };
      return { ...place, droppedBytes: droppedBytes + place.droppedBytes, torn };
    }
    droppedBytes += bytes.length;
    torn.push(last.name);
    segments.pop();
  }
}

type Place = Omit<LogPlace, 'torn'>;

function firstPlace(kept: readonly KeptCheckpoint[]): Place {
  const last = kept.at(-1);
  const common = { tip: CompactRange.empty(), sinceCheckpoint: 0, droppedBytes: 0 };
  if (last === undefined) return { ...common, header: newHeader(randomBytes(8), 1, 0) };
  const logId = Buffer.from(last.origin.split('/')[2]!, 'hex');
  const entries = kept.reduce((sum, checkpoint) => sum + checkpoint.size, 0);
  return {
    ...common,
    header: newHeader(logId, last.section + 1, entries, 'AUDIT_TRUNCATED'),
    damage: 'AUDIT_TRUNCATED',
  };
}

async function continued(
  files: Files,
  folder: string,
  segments: readonly SegmentFile[],
  last: SegmentFile,
  bytes: Uint8Array,
  kept: readonly KeptCheckpoint[],
  visit: (record: v1.AuditRecord) => void,
): Promise<Place> {
  const trusted = kept.find((checkpoint) => checkpoint.section === last.section);
  let agrees = true;
  const compare = (range: CompactRange) => {
    if (trusted !== undefined && range.size === trusted.size) agrees = equalBytes(range.root(), trusted.root);
  };
  const own: v1.AuditRecord[] = [];
  const walk = walkSegment(bytes, last, undefined, { record: (record) => void own.push(record), size: compare });
  for (const record of await recordsBefore(files, folder, segments.slice(0, -1), own)) visit(record);
  for (const record of own) visit(record);
  if (walk.header !== undefined) compare(walk.header.range);
  const damage = damageOf(walk, bytes, trusted, agrees);
  if (damage !== undefined) {
    const logId =
      walk.header?.logId ??
      (trusted === undefined ? randomBytes(8) : Buffer.from(trusted.origin.split('/')[2]!, 'hex'));
    const header = newHeader(logId, last.section + 1, (walk.header?.base ?? 0) + walk.tip.size, damage);
    return { header, tip: CompactRange.empty(), sinceCheckpoint: 0, droppedBytes: 0, damage };
  }
  const header = walk.header!;
  // Power went between the beginning of the section and the record that says so.
  const unsaid = walk.tip.size === 0 ? errorByCode(header.reason) : undefined;
  return {
    header,
    continues: { name: last.name, end: walk.end },
    tip: walk.tip,
    sinceCheckpoint: walk.sinceCheckpoint,
    droppedBytes: bytes.length - walk.end,
    ...(unsaid === undefined ? {} : { damage: unsaid }),
  };
}

/** No access lasts longer. */
const LONGEST_ACCESS_MS = 61 * 60_000;

/** Records of the segments before those of the last one, as far back as an access can have begun that is still open. */
async function recordsBefore(
  files: Files,
  folder: string,
  earlier: readonly SegmentFile[],
  own: readonly v1.AuditRecord[],
): Promise<readonly v1.AuditRecord[]> {
  let found: v1.AuditRecord[] = [];
  let newest = own.at(-1);
  let oldest = own[0];
  let isEnough = endedAll(own);
  for (const file of [...earlier].reverse()) {
    if (isEnough || lastedLonger(oldest, newest)) break;
    const records: v1.AuditRecord[] = [];
    const bytes = (await files.read(join(folder, file.name))) ?? new Uint8Array();
    walkSegment(bytes, file, undefined, { record: (record) => void records.push(record) });
    found = [...records, ...found];
    newest ??= records.at(-1);
    oldest = records[0] ?? oldest;
    isEnough = endedAll(records);
  }
  return found;
}

/** The application says that it has started after it has ended what a crash left open. */
const endedAll = (records: readonly v1.AuditRecord[]): boolean =>
  records.some(({ event }) => event === EVENTS.applicationStarted.number);

function lastedLonger(oldest: v1.AuditRecord | undefined, newest: v1.AuditRecord | undefined): boolean {
  if (oldest === undefined || newest === undefined || !equalBytes(oldest.bootId, newest.bootId)) return false;
  return newest.monotonicMs - oldest.monotonicMs > LONGEST_ACCESS_MS;
}

/** A torn last write is no damage, but only when nothing durable stands behind it and no checkpoint covers it. */
function damageOf(
  walk: SegmentWalk,
  bytes: Uint8Array,
  trusted: KeptCheckpoint | undefined,
  agrees: boolean,
): ErrorName | undefined {
  if (walk.header === undefined) return 'AUDIT_BROKEN';
  const { fault } = walk;
  if (
    fault !== undefined &&
    ((fault.kind !== 'cut' && fault.kind !== 'damaged') || laterWriteBehind(bytes, fault.offset))
  )
    return 'AUDIT_BROKEN';
  if (!agrees) return 'AUDIT_FORK';
  if (trusted !== undefined && trusted.size > walk.tip.size)
    return fault?.kind === 'damaged' ? 'AUDIT_BROKEN' : 'AUDIT_TRUNCATED';
  return undefined;
}

function isTornHeader(bytes: Uint8Array, file: SegmentFile): boolean {
  if (bytes.length > MAX_HEADER) return false;
  const { header, fault } = walkSegment(bytes, file, undefined);
  return header === undefined && fault !== undefined && !laterWriteBehind(bytes, 0);
}

/** A header with a tree of 2^53 leaves. */
const MAX_HEADER = 9 + 40 + 53 * 32;

function newHeader(logId: Uint8Array, section: number, base: number, reason?: ErrorName): SegmentHeader {
  return {
    logId,
    section,
    segment: 0,
    base,
    range: CompactRange.empty(),
    reason: reason === undefined ? 0 : ERRORS[reason].code,
  };
}
