import { hostile, saturation } from './common.js';

export default hostile(async function* (device) {
  yield { ...saturation(device, 98), sequence: 1, receivedUnixMs: 1 };
});
