import { observation } from '@onebox/driver-sdk/findings.js';
import { hostile, spo2 } from './common.js';

export default hostile(async function* (device) {
  for (let value = 0; value < 20; value += 1)
    yield observation(spo2, String(value), '%', { at: device.now(), source: '2A5F' });
  for (;;);
});
