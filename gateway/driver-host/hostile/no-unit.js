import { observation } from '@onebox/driver-sdk/findings.js';
import { hostile, saturation, spo2 } from './common.js';

export default hostile(async function* (device) {
  yield observation(spo2, 98, '', { at: device.now(), source: '2A5F' });
  yield saturation(device, 99);
});
