import { hostile } from './common.js';

export default hostile(async () => {
  /^(a+)+$/.test(`${'a'.repeat(64)}b`);
});
