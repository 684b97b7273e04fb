import {
  type AstmFrame,
  type AstmFrameReject,
  CR,
  decodeAstmFrame,
  ENQ,
  EOT,
  LF,
  MAX_FRAME_TEXT,
  STX,
  terminatorIndex,
} from './astm-frame.js';

/** What a stream of bytes from an ASTM sender consists of. */
export type AstmToken =
  | { readonly kind: 'enq' }
  | { readonly kind: 'eot' }
  | { readonly kind: 'frame'; readonly frame: AstmFrame }
  /** `header`: it was to be a header record, by its shape. */
  | { readonly kind: 'bad'; readonly reject: AstmFrameReject; readonly header: boolean };

/** Bytes of a frame beside its text: STX, number, terminator, two digits, CR, LF. */
const MAX_FRAME = MAX_FRAME_TEXT + 7;

/**
 * Cuts a stream of bytes into tokens, however the bytes are split. A frame ends at the LF after its checksum;
 * a line of bytes that is not a frame is one `bad` token, so that its sender is asked once to repeat.
 */
export class AstmScanner {
  private buffer: number[] = [];
  private inFrame = false;

  /** True while a frame or a line of noise has begun and not ended. */
  get pending(): boolean {
    return this.buffer.length > 0;
  }

  push(bytes: Uint8Array): AstmToken[] {
    const tokens: AstmToken[] = [];
    for (const byte of bytes) this.take(byte, tokens);
    return tokens;
  }

  /**
   * Nothing came for a while. Ends what cannot go on: a frame with CR alone is a frame; a control character at
   * the end of a broken frame is what the sender says now; any other beginning is bad.
   */
  silence(): AstmToken[] {
    const tokens: AstmToken[] = [];
    if (this.buffer.length === 0) return tokens;
    const last = this.buffer[this.buffer.length - 1];
    if (this.inFrame && this.endsWithBareCr()) this.endFrame(tokens);
    else if (this.inFrame && (last === EOT || last === ENQ)) tokens.push({ kind: last === EOT ? 'eot' : 'enq' });
    else tokens.push(this.bad(this.inFrame ? 'incomplete' : 'format'));
    this.reset();
    return tokens;
  }

  reset(): void {
    this.buffer = [];
    this.inFrame = false;
  }

  private take(byte: number, tokens: AstmToken[]): void {
    if (byte === STX) this.startFrame(tokens);
    else if (this.inFrame) this.takeInFrame(byte, tokens);
    else if (byte === ENQ || byte === EOT) {
      this.reset();
      tokens.push({ kind: byte === ENQ ? 'enq' : 'eot' });
    } else if (byte === LF) {
      if (this.buffer.length > 0) tokens.push(this.bad('format'));
      this.reset();
    } else if (byte !== CR && this.buffer.length < MAX_FRAME) {
      this.buffer.push(byte);
    }
  }

  private startFrame(tokens: AstmToken[]): void {
    if (this.inFrame && this.endsWithBareCr()) this.endFrame(tokens);
    this.buffer = [STX];
    this.inFrame = true;
  }

  private takeInFrame(byte: number, tokens: AstmToken[]): void {
    if ((byte === ENQ || byte === EOT) && this.endsWithBareCr()) {
      this.endFrame(tokens);
      this.take(byte, tokens);
    } else if (this.buffer.length >= MAX_FRAME) {
      // Longer than any frame: from here to the end of the line it is noise.
      this.inFrame = false;
    } else {
      this.buffer.push(byte);
      if (byte === LF && this.digitsAreThere()) this.endFrame(tokens);
    }
  }

  private endFrame(tokens: AstmToken[]): void {
    const result = decodeAstmFrame(Uint8Array.from(this.buffer), { bareCr: true });
    tokens.push('frame' in result ? { kind: 'frame', frame: result.frame } : this.bad(result.reject));
    this.reset();
  }

  private bad(reject: AstmFrameReject): AstmToken {
    return { kind: 'bad', reject, header: this.inFrame && this.buffer[2] === 0x48 };
  }

  /** The LF that was just taken stands behind a terminator, so that it ends the frame, right or wrong. */
  private digitsAreThere(): boolean {
    return terminatorIndex(Uint8Array.from(this.buffer.slice(-8)), 0) >= 0;
  }

  private endsWithBareCr(): boolean {
    const length = this.buffer.length;
    if (this.buffer[length - 1] !== CR) return false;
    const tail = Uint8Array.from(this.buffer.slice(-4));
    return length > 6 && terminatorIndex(tail, 0) === 0;
  }
}
