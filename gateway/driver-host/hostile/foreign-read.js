import { hostile } from './common.js';

export default hostile(async function* (device) {
  await device.read('2A26');
});
