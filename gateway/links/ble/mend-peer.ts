import type { EventEmitter } from 'node:events';

/** Octets that a data type of an advertisement has at least, where noble reads them without looking. */
const LEAST: Readonly<Record<number, number>> = { 10: 1, 22: 2, 32: 4, 33: 16 };

/** Drops the structures of advertising data that are cut or too short (Bluetooth Core, Vol 3 Part C, 11). */
export function wellFormed(advertisingData: Buffer): Buffer {
  const kept: Buffer[] = [];
  for (let at = 0; at + 1 < advertisingData.length; ) {
    const length = advertisingData[at]!;
    const structure = advertisingData.subarray(at, at + length + 1);
    if (length === 0 || structure.length < length + 1) break;
    if (length - 1 >= (LEAST[structure[1]!] ?? 0)) kept.push(structure);
    at += length + 1;
  }
  return Buffer.concat(kept);
}

interface Gap {
  parseServices(address: string, eir: Buffer, ...rest: unknown[]): unknown;
}

/** Noble throws on short structures in an advertisement, and writes a line to the console for each. */
export function mendGap(prototype: Gap): void {
  const parse = prototype.parseServices;
  prototype.parseServices = function (this: Gap, address: string, eir: Buffer, ...rest: unknown[]) {
    return parse.call(this, address, wellFormed(eir), ...rest);
  };
}

interface Smp extends EventEmitter {
  _preq?: Buffer;
  sendPairingRequest(): void;
  write(data: Buffer): void;
}

/**
 * Noble asks for bonding and then forgets the keys: the device would keep a bond, or push out another unit's, for
 * nothing. We pair for this link only: Just Works, no bonding, no keys distributed (Bluetooth Core, Vol 3 Part H, 3.5.1).
 */
export function mendPairing(prototype: Smp): void {
  prototype.sendPairingRequest = function (this: Smp) {
    const [pairingRequest, noInputNoOutput, noOob, noBonding, keySize, noKeys] = [0x01, 0x03, 0x00, 0x00, 0x10, 0x00];
    this._preq = Buffer.from([pairingRequest, noInputNoOutput, noOob, noBonding, keySize, noKeys, noKeys]);
    this.write(this._preq);
  };
}
