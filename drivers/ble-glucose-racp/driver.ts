import { defineDriver } from '@onebox/driver-sdk/define.js';
import { glucoseMeter } from '@onebox/driver-sdk/parts/glucose-records.js';
import manifest from './manifest.json' with { type: 'json' };

export default defineDriver(manifest, (device) => glucoseMeter(device));
