import { defineDriver } from '@onebox/driver-sdk/define.js';
import { vitalSigns } from '@onebox/driver-sdk/parts/vitals.js';
import { mdc } from '@onebox/protocol/codes.js';
import manifest from './manifest.json' with { type: 'json' };

/** Reads the standard services of a device that no driver knows, and says that it is generic. */
export default defineDriver(manifest, (device) =>
  vitalSigns(device, { deviceClass: 'generic', type: mdc('MDC_DEV_SPEC_PROFILE_GENERIC') }),
);
