import type { MaskName } from '@onebox/driver-sdk/manifest.js';
import { astmMask } from './astm-frames.js';
import { hl7Mask } from './hl7-stream.js';
import { minimedMask } from './minimed-bridge.js';
import { cobsMask, gattFragmentsMask } from './onebox-framing.js';
import { phdMask } from './phd-apdus.js';
import type { ContentMask } from './pieces.js';
import { tandemMask } from './tandem-packets.js';

/**
 * The masks that a manifest can name for an identifying channel. They are ours and not the driver's: what they leave
 * in a recording does not depend on the code of a vendor. Each is made anew for a recording.
 */
export const MASKS: Readonly<Record<MaskName, () => ContentMask>> = {
  'astm-e1394': astmMask,
  'hl7-v2': hl7Mask,
  'ieee11073-20601': phdMask,
  'onebox-v1-fragments': gattFragmentsMask,
  'onebox-v1-cobs': cobsMask,
  'tandem-x2': tandemMask,
  'minimed-bridge': minimedMask,
};
