import { hostile } from './common.js';

export default hostile(async (device) => {
  const all = [];
  for (let index = 0; index < 10_000; index++) all.push(device.sleep(1000));
  await Promise.all(all);
});
