import { hostile, saturation } from './common.js';

// Finds more, and in the same turn calls one built-in that looks at no deadline for minutes.
export default hostile(async function* (device) {
  for (let percent = 0; percent < 20; percent += 1) yield saturation(device, percent);
  new Array(2 ** 32 - 2).join('');
});
