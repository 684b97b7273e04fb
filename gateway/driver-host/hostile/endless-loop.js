import { hostile } from './common.js';

export default hostile(async function* () {
  for (;;);
});
