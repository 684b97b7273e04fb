import type { MaskName } from '@onebox/driver-sdk/manifest.js';
import { astmMask } from './astm-frames.js';
import { cobsMask, gattFragmentsMask } from './onebox-framing.js';
import type { ContentMask } from './pieces.js';

/**
 * The masks that a manifest can name for an identifying channel. They are ours and not the driver's: what they leave
 * in a recording does not depend on the code of a vendor. Each is made anew for a recording.
 */
export const MASKS: Readonly<Record<MaskName, () => ContentMask>> = {
  'astm-e1394': astmMask,
  'onebox-v1-fragments': gattFragmentsMask,
  'onebox-v1-cobs': cobsMask,
};
