import type { RequestParameters } from '@onebox/driver-sdk/device.js';
import { fillTemplate, parseTemplate } from '@onebox/driver-sdk/template.js';
import manifest from './manifest.json' with { type: 'json' };
import { messageCrc } from './packets.js';

/**
 * Requests as the manifest lists them. The driver gives the transaction id, what the request asks for, and the CRC;
 * op code and length are bytes of the manifest.
 */
export type RequestName = keyof typeof manifest.requests;

/** In a packet: remaining, transaction, op code, transaction, length, cargo, CRC. */
const CARGO = 5;
const CRC = 2;

export function isRequest(name: string): name is RequestName {
  return Object.hasOwn(manifest.requests, name);
}

/** All parameters of a request of the manifest, with the CRC that makes it a whole message. */
export function requestParameters(
  name: RequestName,
  transaction: number,
  asked: RequestParameters = {},
): RequestParameters {
  const parameters = { ...asked, transaction, again: transaction };
  const packet = requestPacket(name, { ...parameters, crc: 0 });
  const cargo = packet.subarray(CARGO, packet.length - CRC);
  return { ...parameters, crc: messageCrc(packet[2]!, transaction, cargo) };
}

/** The bytes that the host will send for these parameters. */
export function requestPacket(name: RequestName, parameters: RequestParameters): Uint8Array {
  return fillTemplate(parseTemplate(manifest.requests[name].bytes), parameters);
}

export const CHANNELS = {
  status: '7B83FFF69F774E5C8064AAE2C24838B9',
  events: '7B83FFF79F774E5C8064AAE2C24838B9',
  history: '7B83FFF89F774E5C8064AAE2C24838B9',
} as const;
