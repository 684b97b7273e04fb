import { ACK, type AstmFrame, type AstmFrameReject, CR, LF, NAK } from './astm-frame.js';
import { AstmScanner, type AstmToken } from './astm-scanner.js';
import { latin1OrUtf8 } from './text.js';

/** The receiver's side of ASTM E1381 (CLSI LIS01-A2), section 6: takes sessions, never starts one. */

/** How long a receiver waits for the next frame or EOT before it gives the session up (6.5.2.4). */
export const RECEIVER_TIMEOUT_MS = 30_000;
/** How often a sender repeats one frame before it ends the session (6.5.1.2). */
export const MAX_REPEATS = 6;
/** Text that may be carried over the frames of one record. */
const MAX_RECORD = 1_048_576;
/** `H`, the type of a header record. */
const HEADER = 0x48;

export type AstmWarning =
  /** A frame number out of order was taken: the meter numbers in its own way. */
  | 'numbering'
  /** One frame was refused more than MAX_REPEATS times. */
  | 'repeats'
  /** A frame outside of a session was left out. */
  | 'outside';

export interface AstmSession {
  /** EOT came, nothing is missing, and no text was left over. */
  readonly complete: boolean;
  /** What ended it. */
  readonly end: 'eot' | 'timeout' | 'restart' | 'lost';
  readonly frames: number;
  readonly records: number;
  readonly naks: number;
  readonly rejects: Readonly<Record<AstmFrameReject | 'number', number>>;
  readonly duplicates: number;
  readonly warnings: readonly AstmWarning[];
}

export type AstmEvent =
  /** A whole record, without its CR. */
  | { readonly kind: 'record'; readonly text: string }
  /** What the receiver has to send: ACK or NAK. */
  | { readonly kind: 'answer'; readonly byte: number }
  | { readonly kind: 'started' }
  | { readonly kind: 'ended'; readonly session: AstmSession };

/**
 * Bytes in, records and answers out. Pure: the caller has the line and the clock, calls `silence` when nothing
 * came for a second or two, and `giveUp` after RECEIVER_TIMEOUT_MS.
 */
export class AstmReceiver {
  private readonly scanner = new AstmScanner();
  private session: OpenSession | undefined;
  /** A good frame that came before ENQ, directly in front of it: the header of a Contour meter. */
  private early: AstmFrame | undefined;
  private damagedHeader = false;
  private outside = false;

  /** True between ENQ and the end of a session. */
  get open(): boolean {
    return this.session !== undefined;
  }

  receive(bytes: Uint8Array): AstmEvent[] {
    return this.scanner.push(bytes).flatMap((token) => this.step(token));
  }

  silence(): AstmEvent[] {
    return this.scanner.silence().flatMap((token) => this.step(token));
  }

  /** Ends an open session that will not go on: no frame in time, or the line is gone. */
  giveUp(end: 'timeout' | 'lost' = 'timeout'): AstmEvent[] {
    const events = this.silence();
    if (this.session !== undefined) events.push(this.close(end));
    this.early = undefined;
    // What comes after that long is not the ENQ that belonged to it.
    this.damagedHeader = false;
    return events;
  }

  private step(token: AstmToken): AstmEvent[] {
    if (token.kind === 'enq') return this.enquiry();
    if (token.kind === 'eot') {
      this.early = undefined;
      this.damagedHeader = false;
      return this.session === undefined ? [] : [this.close('eot')];
    }
    if (this.session === undefined) return this.beforeSession(token);
    if (token.kind === 'bad') return [this.session.refuse(token.reject)];
    return this.session.take(token.frame);
  }

  private enquiry(): AstmEvent[] {
    const events: AstmEvent[] = [];
    // Our ACK of the first ENQ was lost; nothing is lost with it.
    if (this.session?.untouched === true) return [{ kind: 'answer', byte: ACK }];
    if (this.damagedHeader) {
      // "Busy": the meter sends its header and ENQ once more.
      this.damagedHeader = false;
      return [{ kind: 'answer', byte: NAK }];
    }
    if (this.session !== undefined) events.push(this.close('restart'));
    this.session = new OpenSession(this.early, this.outside);
    events.push({ kind: 'started' }, ...this.session.header(), { kind: 'answer', byte: ACK });
    this.early = undefined;
    this.outside = false;
    return events;
  }

  /** Frames outside of ENQ..EOT are not used and not answered; a header directly before ENQ is information. */
  private beforeSession(token: Extract<AstmToken, { kind: 'frame' | 'bad' }>): AstmEvent[] {
    this.early = undefined;
    if (token.kind === 'bad') this.damagedHeader = token.header;
    else if (token.frame.text[0] === HEADER) this.early = token.frame;
    else this.outside = true;
    return [];
  }

  private close(end: AstmSession['end']): AstmEvent {
    const session = this.session!.close(end);
    this.session = undefined;
    return { kind: 'ended', session };
  }
}

class OpenSession {
  private expected = 1;
  private previous: AstmFrame | undefined;
  /** Meter variant with the header before ENQ: its numbering is not reliable. */
  private readonly lenient: boolean;
  private rest: number[] = [];
  private chained = false;
  private owed = false;
  private refusals = 0;
  private frames = 0;
  private records = 0;
  private duplicates = 0;
  private readonly rejects = { checksum: 0, format: 0, incomplete: 0, number: 0 };
  private readonly warnings = new Set<AstmWarning>();

  constructor(
    private readonly early: AstmFrame | undefined,
    outside: boolean,
  ) {
    this.lenient = early !== undefined;
    if (outside) this.warnings.add('outside');
    if (early !== undefined) {
      this.previous = early;
      this.expected = (early.number + 1) & 7;
    }
  }

  get untouched(): boolean {
    return this.frames === 0 && !this.owed;
  }

  header(): AstmEvent[] {
    return this.early === undefined ? [] : this.store(this.early);
  }

  refuse(reject: AstmFrameReject | 'number'): AstmEvent {
    this.rejects[reject] += 1;
    this.owed = true;
    this.refusals += 1;
    if (this.refusals > MAX_REPEATS) this.warnings.add('repeats');
    return { kind: 'answer', byte: NAK };
  }

  take(frame: AstmFrame): AstmEvent[] {
    if (this.isDuplicate(frame)) {
      this.duplicates += 1;
      return [{ kind: 'answer', byte: ACK }];
    }
    if (frame.number !== this.expected) {
      if (!this.lenient) return [this.refuse('number')];
      this.warnings.add('numbering');
    }
    if (this.rest.length + frame.text.length > MAX_RECORD) return [this.refuse('format')];
    const events = this.store(frame);
    this.frames += 1;
    this.previous = frame;
    this.expected = (frame.number + 1) & 7;
    this.owed = false;
    this.refusals = 0;
    return [...events, { kind: 'answer', byte: ACK }];
  }

  close(end: AstmSession['end']): AstmSession {
    const whole = this.rest.length === 0 && (!this.chained || this.lenient);
    return {
      complete: end === 'eot' && whole && !this.owed,
      end,
      frames: this.frames,
      records: this.records,
      naks: this.rejects.checksum + this.rejects.format + this.rejects.incomplete + this.rejects.number,
      rejects: { ...this.rejects },
      duplicates: this.duplicates,
      warnings: [...this.warnings],
    };
  }

  /**
   * The number before the expected one means that our ACK was lost. Where numbers cannot be trusted, only the
   * same frame again is a copy.
   */
  private isDuplicate(frame: AstmFrame): boolean {
    if (this.previous === undefined || frame.number !== this.previous.number) return false;
    if (!this.lenient) return true;
    return frame.checksum === this.previous.checksum && sameBytes(frame.text, this.previous.text);
  }

  private store(frame: AstmFrame): AstmEvent[] {
    const events: AstmEvent[] = [];
    for (const byte of frame.text) {
      if (byte === CR || byte === LF) this.endRecord(events);
      else this.rest.push(byte);
    }
    if (frame.terminator === 'ETX') this.endRecord(events);
    this.chained = frame.terminator === 'ETB';
    return events;
  }

  private endRecord(events: AstmEvent[]): void {
    if (this.rest.length === 0) return;
    events.push({ kind: 'record', text: latin1OrUtf8(Uint8Array.from(this.rest)) });
    this.records += 1;
    this.rest = [];
  }
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, index) => byte === right[index]);
}
