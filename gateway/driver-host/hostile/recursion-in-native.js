import { hostile } from './common.js';

// Recursion through built-ins takes more of the stack of the machine for each step.
const deeper = (value) => JSON.stringify({ toJSON: () => [value].map(() => deeper(value)).sort(() => deeper(value)) });

export default hostile(async () => {
  deeper(1);
});
