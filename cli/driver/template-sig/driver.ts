import { defineDriver } from '@onebox/driver-sdk/define.js';
import { vitalSigns } from '@onebox/driver-sdk/parts/vitals.js';
import manifest from './manifest.json' with { type: 'json' };

/** The whole program: what the services of the Bluetooth SIG mean is known to the parts of the SDK. */
export default defineDriver(manifest, (device) => vitalSigns(device, { deviceClass: 'heart-rate-monitor' }));
