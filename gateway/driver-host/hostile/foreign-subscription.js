import { hostile } from './common.js';

export default hostile(async (device) => {
  await device.packets(['2A5F', '2A9F']);
});
