import { identity, observation } from '@onebox/driver-sdk/findings.js';

export const spo2 = { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '150456' }] };

/** An oxygen saturation as a device would say it. `more` as for `observation`. */
export const saturation = (device, percent, more) =>
  observation(spo2, percent, '%', { at: device.now(), source: '2A5F', ...more });

/** What every hostile driver finds before it misbehaves: it must be kept. */
export function* honest(device) {
  yield identity({ deviceClass: 'pulse-oximeter', model: 'hostile' });
  yield saturation(device, '97');
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
