import { text } from '@onebox/driver-sdk/findings.js';
import { hostile, spo2 } from './common.js';

export default hostile(async function* (device) {
  yield text(spo2, 'x'.repeat(1_000_000), { at: device.now(), source: '2A5F' });
});
