/**
 * How a device offers onebox.v1: the GATT service, the serial line and the advertisement. UUIDs as in `ChannelId`:
 * 32 hex digits without dashes.
 */
export const SERVICE = '2F9C0001B6D34C7EA1F88E5D3C0B7A64';
/** The reader writes fragments of `onebox.v1.Request`. */
export const REQUEST = '2F9C0002B6D34C7EA1F88E5D3C0B7A64';
/** The device notifies fragments of `onebox.v1.Response`. */
export const RESPONSE = '2F9C0003B6D34C7EA1F88E5D3C0B7A64';

export const LINE = { baudRate: 115_200, dataBits: 8, stopBits: 1, parity: 'none' } as const;

/** Version of the protocol that this driver reads. A device with a higher minor number is read, a higher major number is not. */
export const VERSION = { major: 1, minor: 0 } as const;

/**
 * Service data of the advertisement: format 1, class of the device as in `onebox.v1.DeviceClass`, and at most the
 * last four characters of the serial number in ASCII, or none where the device keeps it to itself.
 */
export function advertisedData(deviceClass: number, serial: string): Uint8Array {
  return Uint8Array.from([
    1,
    deviceClass,
    ...Array.from(serial.slice(-4), (character) => character.charCodeAt(0) & 0x7f),
  ]);
}
