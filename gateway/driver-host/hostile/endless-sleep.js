import { hostile } from './common.js';

export default hostile(async function* (device) {
  for (;;) await device.sleep(100);
});
