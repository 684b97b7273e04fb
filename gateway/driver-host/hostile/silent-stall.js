import { hostile } from './common.js';

export default hostile(async () => {
  await new Promise(() => {});
});
