import { defineDriver } from '@onebox/driver-sdk/define.js';
import { IDD_780G, IDD_SIG, type IddProfile } from '@onebox/driver-sdk/parts/insulin-delivery.js';
import { insulinPump } from '@onebox/driver-sdk/parts/insulin-pump.js';
import manifest from './manifest.json' with { type: 'json' };

/** Devices with layouts or an E2E-CRC of their own, by a service that only they have. */
const PROFILES: Readonly<Record<string, IddProfile>> = {
  // Medtronic 780G, behind a transport that opens its payloads.
  '00000100000010000000009132591325': IDD_780G,
};

export default defineDriver(manifest, (device) => {
  const special = device.services.find((service) => Object.hasOwn(PROFILES, service));
  return insulinPump(device, (special && PROFILES[special]) || IDD_SIG);
});
