import { observation } from '@onebox/driver-sdk/findings.js';
import { hostile, spo2 } from './common.js';

export default hostile(async function* (device) {
  for (let index = 0; index < 1_000_000; index++)
    yield observation(spo2, index % 100, '%', { at: device.now(), source: '2A5F', instance: index });
});
