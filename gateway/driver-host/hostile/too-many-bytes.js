import { hostile } from './common.js';

export default hostile(async (device) => {
  for (;;) await device.request('ask', { channel: 1 });
});
