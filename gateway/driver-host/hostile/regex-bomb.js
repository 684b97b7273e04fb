import { hostile } from './common.js';

export default hostile(async function* () {
  /^(a+)+$/.test(`${'a'.repeat(64)}b`);
});
