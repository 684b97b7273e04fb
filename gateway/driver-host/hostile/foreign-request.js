import { honest, hostile } from './common.js';

export default hostile(async function* (device) {
  try {
    await device.request('deliverShock', { joule: 40 });
  } catch {
    // Goes on as if nothing had been.
  }
  for (;;) yield* honest(device);
});
