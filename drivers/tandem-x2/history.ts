import { OneBoxError } from '@onebox/protocol/errors.js';
import { type HistoryRecord, readRecord, readStream } from './history-records.js';
import type { AnswerOf } from './messages.js';
import type { Message } from './packets.js';
import { isPartial, type Pump } from './pump.js';

/**
 * Pages through the history log by sequence numbers. Records come in any order and in several messages; what is
 * missing when the stream falls silent is asked for again, and what is then still missing is a gap.
 */

/** Records of one request; a page that fails costs little to ask for again. */
const PAGE = 50;
/** Requests for one page, with those for its gaps; and for one of which nothing comes. */
const TRIES = 4;
const EMPTY_TRIES = 2;
/** Pages one after the other of which nothing came: the rest of the log is given up. */
const EMPTY_PAGES = 2;

export interface Span {
  readonly first: number;
  readonly last: number;
}

export interface Page {
  /** By rising sequence number. */
  readonly records: readonly HistoryRecord[];
  readonly gaps: readonly Span[];
  /** Why there are gaps. */
  readonly error?: OneBoxError;
}

/** Newest page first. Remembers where it is, so that one phase goes on where another one ended. */
export class HistoryPager {
  private next: number;
  private empty = 0;
  readonly first: number;

  constructor(
    private readonly pump: Pump,
    { numEntries, firstSequenceNum, lastSequenceNum }: AnswerOf<'historyLogStatus'>,
  ) {
    const empty = numEntries === 0 || lastSequenceNum < firstSequenceNum;
    this.first = firstSequenceNum;
    this.next = empty ? firstSequenceNum - 1 : lastSequenceNum;
  }

  get done(): boolean {
    return this.next < this.first;
  }

  async page(size = PAGE): Promise<Page> {
    const last = this.next;
    const first = Math.max(this.first, last - size + 1);
    this.next = first - 1;
    const page = await readSpan(this.pump, { first, last });
    this.empty = page.records.length > 0 ? 0 : this.empty + 1;
    if (this.empty < EMPTY_PAGES || this.done) return page;
    const rest = { first: this.first, last: this.next };
    this.next = this.first - 1;
    return { ...page, gaps: [rest, ...page.gaps] };
  }
}

async function readSpan(pump: Pump, span: Span): Promise<Page> {
  const found = new Map<number, HistoryRecord>();
  let error: OneBoxError | undefined;
  let gaps: readonly Span[] = [span];
  for (let tries = 0; tries < TRIES && gaps.length > 0; tries += 1) {
    try {
      await request(pump, gaps[0]!, span, found);
    } catch (cause) {
      if (!isPartial(cause)) throw cause;
      error = cause;
      if (pump.silent) break;
    }
    if (found.size === 0 && tries + 1 >= EMPTY_TRIES) break;
    gaps = gapsIn(span, found);
  }
  const records = [...found.values()].sort((a, b) => a.sequence - b.sequence);
  if (gaps.length === 0) return { records, gaps };
  return { records, gaps, error: error ?? new OneBoxError('NOT_REACHED', 'records of the history did not come') };
}

/** Asks for `wanted`, and takes every record of `span` until none is missing or the stream falls silent. */
async function request(pump: Pump, wanted: Span, span: Span, found: Map<number, HistoryRecord>): Promise<void> {
  pump.forgetStream();
  const count = wanted.last - wanted.first + 1;
  const { status } = await pump.ask('historyLog', { start: wanted.first, count });
  if (status !== 0) throw new OneBoxError('LINK_REFUSED', `history log: status ${status}`);
  for (let missing = count; missing > 0; ) {
    const message = await pump.history();
    if (message === undefined) return;
    for (const record of recordsOf(message)) {
      const { sequence } = record;
      if (sequence < span.first || sequence > span.last || found.has(sequence)) continue;
      found.set(sequence, record);
      if (sequence >= wanted.first && sequence <= wanted.last) missing -= 1;
    }
  }
}

/** A message whose cargo is no list of records is dropped: its records are missing then, and asked for again. */
function recordsOf(message: Message): readonly HistoryRecord[] {
  try {
    return readStream(message.cargo).records.map(readRecord);
  } catch (error) {
    if (isPartial(error)) return [];
    throw error;
  }
}

/** Sequence numbers of the span that are not there, as spans. */
export function gapsIn(span: Span, found: ReadonlyMap<number, unknown>): readonly Span[] {
  const gaps: Span[] = [];
  let start: number | undefined;
  for (let sequence = span.first; sequence <= span.last + 1; sequence += 1) {
    const missing = sequence <= span.last && !found.has(sequence);
    if (missing) start ??= sequence;
    else if (start !== undefined) {
      gaps.push({ first: start, last: sequence - 1 });
      start = undefined;
    }
  }
  return gaps;
}
