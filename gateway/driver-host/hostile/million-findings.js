import { hostile, saturation } from './common.js';

export default hostile(async function* (device) {
  for (let index = 0; index < 1_000_000; index++) yield saturation(device, index % 100, { instance: index });
});
