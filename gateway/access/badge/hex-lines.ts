import { uidOf } from './badge-reader.js';

/** Longer than any identifier with its separators; what is longer is skipped to its end. */
const LONGEST = 64;
const [STX, ETX, LF, CR] = [0x02, 0x03, 0x0a, 0x0d];

/** Finds identifiers in what a reader sends: one a line, between STX and ETX or before CR or LF. The rest is dropped. */
export class HexLines {
  private line = '';
  private overlong = false;

  push(bytes: Uint8Array): string[] {
    const found: string[] = [];
    for (const byte of bytes) {
      if (byte === STX || byte === ETX || byte === LF || byte === CR) {
        const uid = this.overlong ? undefined : uidOf(this.line);
        if (uid !== undefined) found.push(uid);
        this.line = '';
        this.overlong = false;
      } else if (this.line.length === LONGEST) this.overlong = true;
      else this.line += String.fromCharCode(byte);
    }
    return found;
  }
}
