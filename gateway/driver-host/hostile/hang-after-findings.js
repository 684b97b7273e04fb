import { observation } from '@onebox/driver-sdk/findings.js';
import { hostile, spo2 } from './common.js';

// Finds more, and in the same turn calls one built-in that looks at no deadline for minutes.
export default hostile(async function* (device) {
  for (let value = 0; value < 20; value += 1)
    yield observation(spo2, String(value), '%', { at: device.now(), source: '2A5F' });
  new Array(2 ** 32 - 2).join('');
});
