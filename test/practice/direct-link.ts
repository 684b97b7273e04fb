import type { BleSimulator, SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import { DirectDevice } from '@onebox/simulation/direct/direct-device.js';
import type { DirectLink } from '@onebox/simulation/direct/direct-link.js';

/** The clock of device and tablet on a direct link stands still: what is read twice is the same to the millisecond. */
export const STANDING_CLOCK = Date.UTC(2026, 10, 22, 14, 32);

const now = () => STANDING_CLOCK;

/** Starts the device and opens a link to it. */
export async function directLink(simulator: BleSimulator | SerialSimulator): Promise<DirectLink> {
  const device = await ('services' in simulator
    ? DirectDevice.ble(simulator, { now })
    : DirectDevice.serial(simulator, { now }));
  return device.open();
}
