import { buildProtocol } from './build/protocol.mjs';
import { transpile } from './build/transpile.mjs';

const started = Date.now();
buildProtocol();
const files = await transpile();
console.error(`built ${files} files in ${((Date.now() - started) / 1000).toFixed(1)} s`);
