import { build } from './build/all.mjs';

const started = Date.now();
await build();
console.error(`built in ${((Date.now() - started) / 1000).toFixed(1)} s`);
