import { hostile } from './common.js';

export default hostile(async function* () {
  await new Promise(() => {});
});
