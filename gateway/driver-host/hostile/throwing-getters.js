import { hostile } from './common.js';

export default hostile(async function* () {
  yield {
    get observation() {
      throw new Proxy(
        {},
        {
          get() {
            throw new Error('a getter');
          },
        },
      );
    },
  };
});
