import { hostile } from './common.js';

export default hostile(async () => {
  for (;;) await undefined;
});
