import { utf8Text, ValueReader, ValueRejected } from './gatt-values.js';

/** Device Information 180A (DIS 1.2) and Battery 180F (BAS 1.1). */

export interface SystemId {
  /** 40 bits, 10 hex digits. */
  readonly manufacturerId: string;
  /** Organizationally unique identifier, 24 bits, 6 hex digits. */
  readonly oui: string;
}

/** 2A23: manufacturer id, then OUI, both little endian. */
export function parseSystemId(bytes: Uint8Array): SystemId {
  const reader = new ValueReader('2A23', bytes);
  const manufacturerId = bigEndianHex(reader.take(5));
  const oui = bigEndianHex(reader.take(3));
  reader.end();
  return { manufacturerId, oui };
}

/** 2A19: percent. A number above 100 is no charge and rejects the value. */
export function parseBatteryLevel(bytes: Uint8Array): number {
  const reader = new ValueReader('2A19', bytes);
  const percent = reader.u8();
  reader.end();
  if (percent > 100) throw new ValueRejected('range', `2A19: ${percent} is not a percentage`);
  return percent;
}

/** Strings of 180A by characteristic. */
export const DEVICE_INFORMATION = {
  '2A29': 'manufacturer',
  '2A24': 'model',
  '2A25': 'serial',
  '2A26': 'firmware',
  '2A27': 'hardware',
  '2A28': 'software',
} as const;
export type DeviceInformationChannel = keyof typeof DEVICE_INFORMATION;

/** A string of 180A, without the NULs and blanks that it is padded with. */
export function parseInformationText(channel: string, bytes: Uint8Array): string {
  return utf8Text(channel, bytes).replace(/[\0\s]+$/, '');
}

function bigEndianHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .reverse()
    .join('');
}
