import { hostile } from './common.js';

// One built-in call after the other that looks at no deadline inside.
export default hostile(async () => {
  for (;;) new Array(2e5).fill(1.5).join();
});
