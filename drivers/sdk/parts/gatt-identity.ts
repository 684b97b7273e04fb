import { mdc } from '@onebox/protocol/codes.js';
import type { Code, DeviceIdentity, Finding } from '@onebox/protocol/messages.js';
import type { Device } from '../device.js';
import { identity, observation } from '../findings.js';
import type { DeviceClassName } from '../manifest.js';
import {
  DEVICE_INFORMATION,
  type DeviceInformationChannel,
  parseBatteryLevel,
  parseInformationText,
} from './device-information.js';
import { localFault } from './gatt-findings.js';

/** What phases 0 and 1 read from any GATT device: who it is (180A), and its battery (180F). */

export interface Kind {
  readonly deviceClass: DeviceClassName;
  /** MDC device specialisation. */
  readonly type?: Code;
}

/**
 * Reads the strings of 180A that are there and yields one identity. A string that cannot be read is a
 * fault of its own and leaves the others as they are.
 */
export async function* readIdentity(device: Device, { deviceClass, type }: Kind): AsyncGenerator<Finding, void, void> {
  const texts: { -readonly [K in (typeof DEVICE_INFORMATION)[DeviceInformationChannel]]?: string } = {};
  const faults: Finding[] = [];
  for (const channel of Object.keys(DEVICE_INFORMATION) as DeviceInformationChannel[]) {
    if (!device.channels.includes(channel)) continue;
    try {
      const text = parseInformationText(channel, await device.read(channel));
      if (text !== '') texts[DEVICE_INFORMATION[channel]] = text;
    } catch (error) {
      faults.push(localFault(error, 'identity', channel));
    }
  }
  const fields: Omit<DeviceIdentity, 'deviceClass'> = { ...texts, ...(type ? { type } : {}) };
  yield identity({ ...fields, deviceClass });
  yield* faults;
}

const HOUR = 3_600_000;

/** Reads 2A19 where it is there. */
export async function* readBattery(device: Device): AsyncGenerator<Finding, void, void> {
  if (!device.channels.includes('2A19')) return;
  const what = mdc('MDC_ATTR_VAL_BATT_CHARGE');
  try {
    const percent = parseBatteryLevel(await device.read('2A19'));
    yield observation(what, percent, '%', { at: device.now(), source: '2A19', freshFor: HOUR });
  } catch (error) {
    yield localFault(error, 'critical', '2A19', what);
  }
}
