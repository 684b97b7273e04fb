import { hostile } from './common.js';

const deeper = (depth) => [deeper(depth + 1)];

export default hostile(async () => {
  deeper(0);
});
