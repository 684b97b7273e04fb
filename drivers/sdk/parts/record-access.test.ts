import { describe, expect, it } from 'vitest';
import type { Device, Packet } from '../device.js';
import { procedureEnd, recordAccess } from './record-access.js';

/** A device that says these packets, whatever it is asked. */
function says(...packets: readonly (readonly [channel: string, hex: string])[]) {
  const queue: Packet[] = packets.map(([channel, hex]) => ({
    channel,
    bytes: Uint8Array.from(Buffer.from(hex, 'hex')),
    at: 0,
  }));
  const stream = { next: async () => queue.shift(), close: async () => undefined };
  return { packets: async () => stream, request: async () => undefined } as unknown as Device;
}

describe('the answer to a request', () => {
  it.each([
    ['reportRange', '06000301', '06000101'],
    ['reportRange', '05000700', '06000101'],
    ['abort', '06000101', '06000301'],
    ['countAll', '06000101', '05000700'],
  ])('of %s is not one to an earlier request (%s)', async (request, late, own) => {
    const complete = await procedureEnd(recordAccess(says(['2A52', late], ['2A52', own]), [], request));
    expect(complete.result).toBe(request === 'abort' ? 'aborted' : 'success');
    const never = await procedureEnd(recordAccess(says(['2A52', late]), [], request));
    expect(never).toMatchObject({ result: 'incomplete', complete: false });
  });
});
