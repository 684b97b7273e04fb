import { defineDriver } from '@onebox/driver-sdk/define.js';
import { kindOf, vitalSigns } from '@onebox/driver-sdk/parts/vitals.js';
import manifest from './manifest.json' with { type: 'json' };

export default defineDriver(manifest, (device) => vitalSigns(device, kindOf(device)));
