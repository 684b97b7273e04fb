import { bitNames, QUALIFYING_EVENTS } from './enumerations.js';
import { PacketRejected } from './packets.js';

/** What the pump says has changed. */
export interface QualifyingEvents {
  readonly raw: number;
  /** In alphabetical order. */
  readonly names: readonly string[];
}

/** Value of FFF7: a set of bits, u32. */
export function readQualifyingEvents(bytes: Uint8Array): QualifyingEvents {
  if (bytes.length !== 4) throw new PacketRejected('length', `qualifying events: ${bytes.length} bytes, 4 are due`);
  const raw = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  return { raw, names: bitNames(raw, QUALIFYING_EVENTS) };
}
