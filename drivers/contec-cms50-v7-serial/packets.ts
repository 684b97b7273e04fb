/**
 * Packets of the Contec CMS50D+/CMS50E serial protocol V7. Byte 0: type, bit 7 clear. Byte 1: bit i is bit 7 of
 * data byte i. Bytes 2 and on: data, bit 7 set on the wire. 3 to 9 bytes; the next byte with bit 7 clear starts
 * the next packet.
 */
export interface Packet {
  readonly type: number;
  readonly data: Uint8Array;
}

/** `sync`: a byte has the wrong bit 7; `length`: fewer than 3 or more than 9 bytes. */
export type PacketReject = 'sync' | 'length';

export type PacketResult = { readonly packet: Packet } | { readonly reject: PacketReject; readonly bytes: number };

export const LIVE = 0x01;
export const STORED_WITH_INDEX = 0x09;
export const SESSION_END = 0x0d;
export const STORED_PAIRS = 0x0f;
/** Host to device. */
export const COMMAND = 0x7d;

/** A type whose packets have a length that we know. */
export function isKnown(type: number): boolean {
  return type === LIVE || type === STORED_WITH_INDEX || type === STORED_PAIRS;
}

const MIN_BYTES = 3;
const MAX_BYTES = 9;

/** Decodes one packet that was cut out of the stream. */
export function decodePacket(bytes: Uint8Array): PacketResult {
  const length = bytes.length;
  if (length < MIN_BYTES || length > MAX_BYTES) return { reject: 'length', bytes: length };
  if (bytes[0]! & 0x80) return { reject: 'sync', bytes: length };
  for (const byte of bytes.subarray(1)) {
    if (!(byte & 0x80)) return { reject: 'sync', bytes: length };
  }
  const high = bytes[1]!;
  const data = bytes.slice(2).map((byte, index) => (byte & 0x7f) | (((high >> index) & 1) << 7));
  return { packet: { type: bytes[0]!, data } };
}

/** The reverse of `decodePacket`; at most 7 data bytes. */
export function encodePacket({ type, data }: Packet): Uint8Array {
  let high = 0x80;
  for (const [index, byte] of data.entries()) high |= (byte >> 7) << index;
  return Uint8Array.of(type & 0x7f, high, ...data.map((byte) => byte | 0x80));
}

/**
 * Cuts the stream into packets, however it is split. A packet is taken only when the next one starts, or at
 * `flush`: a start byte that was lost would otherwise make one wrong packet of two.
 */
export class PacketFramer {
  private pending: number[] = [];
  /** Bytes of the present packet, also those that are too many to keep. */
  private length = 0;

  push(bytes: Uint8Array): PacketResult[] {
    const results: PacketResult[] = [];
    for (const byte of bytes) {
      if (!(byte & 0x80)) this.end(results);
      this.length += 1;
      if (this.pending.length <= MAX_BYTES) this.pending.push(byte);
    }
    return results;
  }

  /** Nothing more comes for now: what has arrived is the whole packet. */
  flush(): PacketResult[] {
    const results: PacketResult[] = [];
    this.end(results);
    return results;
  }

  private end(results: PacketResult[]): void {
    const { pending, length } = this;
    this.pending = [];
    this.length = 0;
    if (pending.length === 0) return;
    // Bytes without a start byte before them, however many.
    if (pending[0]! & 0x80) results.push({ reject: 'sync', bytes: length });
    else if (length > MAX_BYTES) results.push({ reject: 'length', bytes: length });
    else results.push(decodePacket(Uint8Array.from(pending)));
  }
}
