import { hostile } from './common.js';

export default hostile(async (device) => {
  await device.read('2A26');
});
