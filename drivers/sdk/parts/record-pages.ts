import type { Device, Packet } from '../device.js';
import { phaseOf } from '../findings.js';
import type { PhaseName } from '../manifest.js';
import { type ProcedureEnd, type ProcedureOptions, procedureEnd, recordAccess } from './record-access.js';

/**
 * Reads many records page by page, in the order of a key that grows from record to record (a sequence number or a
 * time offset). A page that breaks off is taken up behind its last record. After a lost link the read goes on behind
 * the records that the host has already: how far that is, the device is asked by numbers of records only.
 *
 * The manifest lists `reportRange {first} {last}`, `countUpTo {sequence}` and `abort`. To be taken up after a lost
 * link, each record must yield exactly one finding, and nothing else may be yielded in the phase.
 */
export interface RecordPages {
  /** Channels of the records. */
  readonly channels: readonly string[];
  /** First and last key that may have a record, inclusive. */
  readonly first: number;
  readonly last: number;
  /** Keys of one page. */
  readonly pageKeys: number;
  /** Key of the newest record in a packet; undefined when it cannot be read. */
  key(packet: Packet): number | undefined;
  readonly options?: ProcedureOptions;
}

/** Records that may have been overwritten since the link was lost: so many are read again. */
const MARGIN = 4;
/** Fewer than this are read again sooner than their place is found. */
const WORTHWHILE = 32;
/** Of one page without a new record. */
const ATTEMPTS = 2;

/** Hands over every packet of records. The result is that of the last page; an incomplete page ends it. */
export async function* recordPages(
  device: Device,
  phase: PhaseName,
  pages: RecordPages,
): AsyncGenerator<Packet, ProcedureEnd, void> {
  let next = await resumeKey(device, phase, pages);
  let end: ProcedureEnd = { ...EMPTY };
  while (next <= pages.last) {
    const last = Math.min(pages.last, next + pages.pageKeys - 1);
    end = yield* onePage(device, pages, next, last);
    if (!end.complete) return end;
    next = last + 1;
  }
  return end;
}

const EMPTY: ProcedureEnd = {
  result: 'no-records-found',
  complete: true,
  response: undefined,
  numberOfRecords: undefined,
  error: undefined,
};

async function* onePage(
  device: Device,
  { channels, key, options }: RecordPages,
  first: number,
  last: number,
): AsyncGenerator<Packet, ProcedureEnd, void> {
  let from = first;
  for (let attempt = 1; ; attempt += 1) {
    const procedure = recordAccess(device, channels, 'reportRange', { first: from, last }, options);
    const before = from;
    let step = await procedure.next();
    for (; !step.done; step = await procedure.next()) {
      const seen = key(step.value);
      if (seen !== undefined && seen >= from && seen <= last) from = seen + 1;
      yield step.value;
    }
    const end = step.value;
    if (end.complete || end.result !== 'incomplete') return end;
    // The device may still be at it: it refuses the next request unless this one is called off.
    await procedureEnd(recordAccess(device, [], 'abort', {}, { ...options, idleMs: ABORT_MS }));
    if (from > last) return { ...end, result: 'success', complete: true, error: undefined };
    if (from > before) attempt = 0;
    if (attempt >= ATTEMPTS) return end;
  }
}

const ABORT_MS = 5000;

/** The key behind the records that the host has: the smallest with at least so many records up to it. */
async function resumeKey(device: Device, phase: PhaseName, pages: RecordPages): Promise<number> {
  const have = device.received(phaseOf(phase)) - MARGIN;
  if (have < WORTHWHILE) return pages.first;
  let low = pages.first;
  let high = pages.last;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const end = await procedureEnd(recordAccess(device, [], 'countUpTo', { sequence: middle }, pages.options));
    if (!end.complete) return pages.first;
    if ((end.numberOfRecords ?? 0) >= have) high = middle;
    else low = middle + 1;
  }
  return low;
}
