import type { SimulatedAdvertisement } from '@onebox/driver-sdk/simulator.js';
import { le16 } from './hci.js';

/** Data types of the Bluetooth Assigned Numbers, 2.3. */
const TYPE = {
  flags: 0x01,
  services16: 0x03,
  services128: 0x07,
  shortName: 0x08,
  name: 0x09,
  serviceData16: 0x16,
  serviceData128: 0x21,
  manufacturer: 0xff,
};
const LE_GENERAL_NO_BREDR = 0x06;
const ROOM = 31;

/** 4 or 32 hex digits to the octets of the air, least significant first. */
export const uuidOctets = (uuid: string): Buffer => Buffer.from(uuid.replaceAll('-', ''), 'hex').reverse();

const structure = (type: number, ...data: (Uint8Array | readonly number[])[]): Buffer => {
  const body = Buffer.concat(data.map((part) => Buffer.from(part)));
  return Buffer.concat([Buffer.from([body.length + 1, type]), body]);
};

/**
 * Lays an advertisement out in the 31 octets of the advertising data and the 31 of the scan response (Bluetooth
 * Core, Vol 3 Part C, 11). The name is shortened when it does not fit. Throws RangeError when the rest does not fit.
 */
export function advertisingData(advertisement: SimulatedAdvertisement): { data: Buffer; scanResponse: Buffer } {
  const { services, companyId, manufacturerData, serviceData = [] } = advertisement;
  const short = services.filter((uuid) => uuid.length === 4).map(uuidOctets);
  const long = services.filter((uuid) => uuid.length !== 4).map(uuidOctets);
  const items: Buffer[] = [];
  if (short.length > 0) items.push(structure(TYPE.services16, ...short));
  if (long.length > 0) items.push(structure(TYPE.services128, ...long));
  if (companyId !== undefined) items.push(structure(TYPE.manufacturer, le16(companyId), manufacturerData ?? []));
  else if (manufacturerData) items.push(structure(TYPE.manufacturer, manufacturerData));
  for (const { service, data } of serviceData) {
    items.push(structure(service.length === 4 ? TYPE.serviceData16 : TYPE.serviceData128, uuidOctets(service), data));
  }
  const packets = [structure(TYPE.flags, [LE_GENERAL_NO_BREDR]), Buffer.alloc(0)];
  for (const item of items) {
    const index = packets.findIndex((packet) => packet.length + item.length <= ROOM);
    if (index < 0) throw new RangeError('the advertisement does not fit in 62 octets');
    packets[index] = Buffer.concat([packets[index]!, item]);
  }
  const [data, scanResponse] = packets as [Buffer, Buffer];
  if (advertisement.name === undefined) return { data, scanResponse };
  const name = Buffer.from(advertisement.name);
  const room = ROOM - scanResponse.length - 2;
  if (room <= 0) throw new RangeError('the advertisement leaves no room for a name');
  const item = name.length <= room ? structure(TYPE.name, name) : structure(TYPE.shortName, name.subarray(0, room));
  return { data, scanResponse: Buffer.concat([scanResponse, item]) };
}
