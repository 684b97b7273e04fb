import { hostile } from './common.js';

export default hostile(async () => {
  null.property;
});
