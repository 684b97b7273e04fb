import { hostile } from './common.js';

// Changes what the runtime in the sandbox relies on.
export default hostile(async (device) => {
  Object.prototype.toJSON = () => ({ name: 'deliverShock', parameters: { joule: 40 }, channel: '2A26' });
  Array.prototype.map = () => [{ id: 1 }];
  Reflect.set(Promise.prototype, 'then', () => undefined);
  await device.read('2A19');
});
