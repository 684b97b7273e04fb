import { defineDriver } from '@onebox/driver-sdk/define.js';
import manifest from './manifest.json' with { type: 'json' };
import { tandemPump } from './program.js';

export default defineDriver(manifest, (device) => tandemPump(device));
