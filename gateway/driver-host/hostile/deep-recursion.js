import { hostile } from './common.js';

const deeper = (depth) => [deeper(depth + 1)];

export default hostile(async function* () {
  deeper(0);
});
