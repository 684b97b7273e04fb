import { text } from '@onebox/driver-sdk/findings.js';
import { hostile, spo2 } from './common.js';

// Says what it can see of the machine around it.
export default hostile(async function* (device) {
  const seen = [
    'process',
    'require',
    'fetch',
    'WebAssembly',
    'XMLHttpRequest',
    'setTimeout',
    'Worker',
    'eval',
    'std',
    'os',
    'performance',
  ].filter((name) => name in globalThis);
  for (const make of [
    () => Function('return 1'),
    () => (() => {}).constructor('return 1'),
    () => (async () => {}).constructor('return 1'),
    () => function* () {}.constructor('return 1'),
  ]) {
    try {
      make()();
      seen.push('code from text');
    } catch {
      // As it should be.
    }
  }
  yield text(spo2, `seen: ${seen.join()}`, { at: device.now(), source: 'x' });
  yield text(
    spo2,
    `clock: ${Date.now() === device.now()} ${Date.now() === device.now()} ${new Date(0) instanceof Date}`,
    { at: device.now(), source: 'x' },
  );
});
