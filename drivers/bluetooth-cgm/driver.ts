import { defineDriver } from '@onebox/driver-sdk/define.js';
import { type CgmProfile, glucoseMonitor } from '@onebox/driver-sdk/parts/cgm-monitor.js';
import manifest from './manifest.json' with { type: 'json' };

/** Devices that compute their E2E-CRC otherwise than the specification says, by a service that only they have. */
const PROFILES: Readonly<Record<string, CgmProfile>> = {
  // Medtronic 780G, behind a transport that opens its payloads.
  '00000100000010000000009132591325': { crc: 'ccitt-false' },
};
const SIG: CgmProfile = { crc: 'sig' };

export default defineDriver(manifest, (device) => {
  const special = device.services.find((service) => Object.hasOwn(PROFILES, service));
  return glucoseMonitor(device, (special && PROFILES[special]) || SIG);
});
