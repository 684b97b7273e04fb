import { ValueRejected } from '@onebox/driver-sdk/parts/gatt-values.js';
import type { Frame } from '@onebox/driver-sdk/parts/serial-framing.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { framing, packets, storedPoints } from './packets.js';

const live = fc.uint8Array({ minLength: 7, maxLength: 7 }).map((data): Frame => ({ type: 1, data }));
const join = (frames: readonly Frame[]) => Uint8Array.from(frames.flatMap((one) => [...framing.encode(one)]));

/** The live packets in a stream; what is not whole is none. */
function samples(bytes: Uint8Array) {
  const framer = framing.framer();
  return [...framer.push(bytes), ...framer.flush()].flatMap((result) => {
    if (!('frame' in result)) return [];
    try {
      const message = packets.decode(result.frame);
      return message?.kind === 'live' ? [message.fields] : [];
    } catch {
      return [];
    }
  });
}
const fieldsOf = (frame: Frame) => packets.decode(frame)?.fields;

describe('a stream of live packets', () => {
  it('cut at any byte, gives the packets before the cut and nothing else', () => {
    fc.assert(
      fc.property(fc.array(live, { minLength: 1, maxLength: 4 }), fc.nat({ max: 36 }), (sent, cut) => {
        const length = Math.min(cut, sent.length * 9);
        expect(samples(join(sent).subarray(0, length))).toEqual(sent.slice(0, Math.floor(length / 9)).map(fieldsOf));
      }),
    );
  });

  it('with a byte lost, loses at most two packets and makes none of the rest', () => {
    fc.assert(
      fc.property(fc.array(live, { minLength: 3, maxLength: 6 }), fc.nat({ max: 53 }), (sent, place) => {
        const bytes = [...join(sent)];
        bytes.splice(place % bytes.length, 1);
        const found = samples(Uint8Array.from(bytes)).map((sample) => JSON.stringify(sample));
        const whole = sent.map((one) => JSON.stringify(fieldsOf(one)));
        expect(found.every((sample) => whole.includes(sample))).toBe(true);
        expect(found.length).toBeGreaterThanOrEqual(sent.length - 2);
      }),
    );
  });

  it('is found again after any noise', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.array(live, { minLength: 2, maxLength: 4 }), (noise, sent) => {
        const found = samples(Uint8Array.from([...noise, ...join(sent)]));
        expect(found.slice(-sent.length)).toEqual(sent.map(fieldsOf));
      }),
    );
  });
});

describe('contents', () => {
  it('are the bits of the published table', () => {
    const data = Uint8Array.of(0xb6, 0xa8, 0x15, 72, 97, 0x28, 0x01);
    expect(packets.decode({ type: 1, data })).toEqual({
      kind: 'live',
      fields: {
        signalStrength: 6,
        searchingTooLong: true,
        lowSpo2: true,
        pulseBeep: false,
        probeError: true,
        pleth: 40,
        searchingPulse: true,
        barGraph: 5,
        perfusionIndexValid: true,
        pulseRate: 72,
        spo2: 97,
        perfusionIndexRaw: 0x128,
      },
    });
  });

  it('have no number where the device marks a value as invalid', () => {
    const sample = fieldsOf({ type: 1, data: Uint8Array.of(0, 0, 0x10, 255, 127, 0xff, 0xff) });
    expect(sample).toMatchObject({ pulseRate: undefined, spo2: undefined, perfusionIndexRaw: undefined });
    const stored = packets.decode({ type: 0x0f, data: Uint8Array.of(127, 60, 98, 255, 0, 0) });
    expect(stored?.kind === 'storedPairs' && storedPoints(stored)).toEqual([
      { spo2: undefined, pulseRate: 60 },
      { spo2: 98, pulseRate: undefined },
    ]);
  });

  it('are taken from whole packets of their type only', () => {
    const length: Readonly<Record<number, number>> = { 1: 7, 9: 4, 15: 6 };
    const type = fc.oneof(fc.constantFrom(0x01, 0x09, 0x0f, 0x0d), fc.nat(0x7f));
    fc.assert(
      fc.property(type, fc.uint8Array({ minLength: 1, maxLength: 7 }), (kind, data) => {
        const due = length[kind];
        if (kind === 0x0d) expect(packets.decode({ type: kind, data })?.fields).toMatchObject({ reason: data[0] });
        else if (due === undefined) expect(packets.decode({ type: kind, data })).toBeUndefined();
        else if (data.length === due) expect(packets.decode({ type: kind, data })).toBeDefined();
        else expect(() => packets.decode({ type: kind, data })).toThrow(ValueRejected);
      }),
    );
  });
});
