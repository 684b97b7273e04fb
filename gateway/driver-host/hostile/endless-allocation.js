import { hostile } from './common.js';

export default hostile(async () => {
  const kept = [];
  for (;;) kept.push(new Uint8Array(65_536).fill(1));
});
