import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import { markedFraming } from '@onebox/driver-sdk/parts/marked-framing.js';
import { type KindsOf, packetTable } from '@onebox/driver-sdk/parts/packet-table.js';
import { crc16 } from '@onebox/protocol/framing.js';

/** The frames of the device: A5, type, number of data bytes, data, CRC-16/CCITT (high byte first) over all before it. */
export const framing = markedFraming({
  mark: [0xa5],
  header: 3,
  typeAt: 1,
  length: { at: 2, bytes: 1 },
  mostData: 40,
  check: { bytes: 2, of: crc16 },
});

/** What stands in the data. All bits set is "not measured"; newer firmware may send more bytes behind what is known. */
export const packets = packetTable({
  identity: { type: 0x81, fields: ['names:rest'] },
  status: { type: 0x82, fields: ['batteryPercent:u8 more:rest'] },
  measurement: { type: 0x83, fields: ['counter:u8 spo2:u8?255 pulseRate:u16?65535 more:rest'] },
});
export type Packets = KindsOf<typeof packets>;

/** Model, serial number and firmware in ASCII, with semicolons between them. Throws ValueRejected for other texts. */
export function parseNames(data: Uint8Array) {
  const [model, serial, firmware] = String.fromCharCode(...data).split(';');
  const printable = data.every((byte) => byte >= 0x20 && byte <= 0x7e);
  if (!printable || !model || serial === undefined || firmware === undefined)
    throw new ValueRejected('text', 'the names of the device');
  return { model, serial, firmware };
}
