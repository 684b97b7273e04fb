import { hostile } from './common.js';

export default hostile(async () => {
  let text = 'x';
  for (;;) {
    try {
      text += text;
      text.codePointAt(text.length - 1);
    } catch {
      text = 'x'.repeat(1e6);
    }
  }
});
