import { defineDriver } from '@onebox/driver-sdk/define.js';
import { fault, identity, observation, progress } from '@onebox/driver-sdk/findings.js';
import { isOneBoxError } from '@onebox/protocol/errors.js';

const spo2 = { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '150456' }] };

/** A well-behaved driver for tests: reads who it is, asks, and passes on what comes until it is told to end. */
export default defineDriver({ id: 'hostile', version: '1.0.0' }, async function* (device) {
  yield progress('identity', 'started');
  yield identity({ deviceClass: 'pulse-oximeter', manufacturer: await device.readText('2A29') });
  try {
    await device.read('2A19');
  } catch (error) {
    if (!isOneBoxError(error)) throw error;
    yield fault(error, 'identity', { detail: '2A19' });
  }
  yield progress('identity', 'done');
  if (!device.wants(2)) return;
  yield progress('critical', 'started');
  const stream = await device.packets('2A5F', { idleMs: 3000 });
  await device.request('ask', { channel: 1 });
  for await (const { bytes, at } of stream) {
    if (bytes[0] === 0) break;
    yield observation(spo2, bytes[0], '%', { at, source: '2A5F' });
  }
  yield progress('critical', 'done');
});
