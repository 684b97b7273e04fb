import { hostile } from './common.js';

export default hostile(async (device) => {
  await device.request('constructor');
});
