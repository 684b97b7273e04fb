import { observation } from '@onebox/driver-sdk/findings.js';
import { hostile, spo2 } from './common.js';

export default hostile(async function* (device) {
  yield { ...observation(spo2, 98, '%', { at: device.now(), source: '2A5F' }), sequence: 1, receivedUnixMs: 1 };
});
