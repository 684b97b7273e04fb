/** Numbers of the Host Controller Interface that the virtual controllers speak (Bluetooth Core 5.0, Vol 2 Part E, 7). */

export const PACKET = { command: 1, acl: 2, event: 4 } as const;

export const STATUS = {
  ok: 0x00,
  unknownCommand: 0x01,
  unknownConnection: 0x02,
  keyMissing: 0x06,
  connectionTimeout: 0x08,
  disallowed: 0x0c,
  remoteUserEnded: 0x13,
  localHostEnded: 0x16,
  micFailure: 0x3d,
} as const;

export const EVENT = {
  disconnectionComplete: 0x05,
  encryptionChange: 0x08,
  remoteVersion: 0x0c,
  commandComplete: 0x0e,
  commandStatus: 0x0f,
  completedPackets: 0x13,
  leMeta: 0x3e,
} as const;

export const LE = {
  connectionComplete: 0x01,
  advertisingReport: 0x02,
  connectionUpdateComplete: 0x03,
  remoteFeatures: 0x04,
  longTermKeyRequest: 0x05,
} as const;

export const ADVERTISING = { connectable: 0, directed: 1, scannable: 2, nonConnectable: 3, scanResponse: 4 } as const;

export const le16 = (n: number): number[] => [n & 0xff, (n >> 8) & 0xff];

/** `00:11:22:33:44:55` to the six octets of the air, least significant first. */
export const parseAddress = (text: string): Buffer => Buffer.from(text.split(':').reverse().join(''), 'hex');

export const formatAddress = (octets: Uint8Array): string =>
  Array.from(octets, (octet) => octet.toString(16).padStart(2, '0'))
    .reverse()
    .join(':');
