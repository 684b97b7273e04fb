import { identity, observation } from '@onebox/driver-sdk/findings.js';

/** What every hostile driver finds before it misbehaves: it must be kept. */
export const spo2 = { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '150456' }] };

export function* honest(device) {
  yield identity({ deviceClass: 'pulse-oximeter', model: 'hostile' });
  yield observation(spo2, '97', '%', { at: device.now(), source: '2A5F' });
}

/** `program` is an async generator, or an async function where nothing more is found. */
export const hostile = (program) => ({
  id: 'hostile',
  version: '1.0.0',
  async *program(device) {
    yield* honest(device);
    await device.sleep(1);
    const rest = program(device);
    if (Symbol.asyncIterator in rest) yield* rest;
    else await rest;
  },
});
