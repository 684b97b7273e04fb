import { hostile } from './common.js';

export default hostile(async (device) => {
  await device.request('ask', { channel: 1, more: 255 });
});
