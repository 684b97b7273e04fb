import { hostile, saturation } from './common.js';

export default hostile(async function* (device) {
  for (let percent = 0; percent < 20; percent += 1) yield saturation(device, percent);
  for (;;);
});
