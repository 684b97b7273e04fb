import { defineDriver } from '@onebox/driver-sdk/define.js';
import { personalHealthDevice } from '@onebox/driver-sdk/parts/phd-reader.js';
import manifest from './manifest.json' with { type: 'json' };

/** Personal health devices of IEEE 11073-20601 on a serial line. */
export default defineDriver(manifest, (device) => personalHealthDevice(device, 'line'));
