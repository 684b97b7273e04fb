import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLive } from './live.js';
import { decodePacket, encodePacket, type Packet, PacketFramer } from './packets.js';
import { parseStored, sessionEnd } from './storage.js';

const packet = fc.record({
  type: fc.integer({ min: 0, max: 0x7f }),
  data: fc.uint8Array({ minLength: 1, maxLength: 7 }),
});
const live = fc.uint8Array({ minLength: 7, maxLength: 7 }).map((data): Packet => ({ type: 1, data }));

function frames(bytes: Uint8Array, cuts: readonly number[] = []) {
  const framer = new PacketFramer();
  const places = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
  const results = places.slice(1).flatMap((end, index) => framer.push(bytes.subarray(places[index], end)));
  return [...results, ...framer.flush()];
}
const join = (packets: readonly Packet[]) => Uint8Array.from(packets.flatMap((one) => [...encodePacket(one)]));
const taken = (results: ReturnType<typeof frames>) =>
  results.flatMap((result) => ('packet' in result ? [result.packet] : []));

describe('packets', () => {
  it('reads what it writes', () => {
    fc.assert(
      fc.property(packet, (one) => {
        expect(decodePacket(encodePacket(one))).toEqual({ packet: one });
      }),
    );
  });

  it('does not depend on how the bytes are split', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 8 }), fc.array(fc.nat({ max: 72 })), (packets, cuts) => {
        const bytes = join(packets);
        expect(
          taken(
            frames(
              bytes,
              cuts.map((cut) => Math.min(cut, bytes.length)),
            ),
          ),
        ).toEqual(packets);
      }),
    );
  });

  it('refuses wrong bits and lengths, each by its class', () => {
    expect(decodePacket(Uint8Array.of())).toEqual({ reject: 'length', bytes: 0 });
    expect(decodePacket(Uint8Array.of(1, 0x80))).toEqual({ reject: 'length', bytes: 2 });
    expect(decodePacket(new Uint8Array(10).fill(0x80))).toEqual({ reject: 'length', bytes: 10 });
    for (let place = 0; place < 9; place += 1) {
      const bytes = Uint8Array.of(1, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80);
      bytes[place]! ^= 0x80;
      expect(decodePacket(bytes)).toEqual({ reject: 'sync', bytes: 9 });
    }
  });

  it('cut at any byte, gives the packets before the cut and nothing else', () => {
    fc.assert(
      fc.property(fc.array(live, { minLength: 1, maxLength: 4 }), fc.nat({ max: 36 }), (packets, cut) => {
        const length = Math.min(cut, packets.length * 9);
        const samples = taken(frames(join(packets).subarray(0, length))).flatMap((one) => parseLive(one) ?? []);
        expect(samples).toEqual(packets.slice(0, Math.floor(length / 9)).map(parseLive));
      }),
    );
  });

  it('with a byte lost, loses at most two packets and makes none of the rest', () => {
    fc.assert(
      fc.property(fc.array(live, { minLength: 3, maxLength: 6 }), fc.nat({ max: 53 }), (packets, place) => {
        const bytes = [...join(packets)];
        bytes.splice(place % bytes.length, 1);
        const samples = taken(frames(Uint8Array.from(bytes))).flatMap((one) => parseLive(one) ?? []);
        const sent = packets.map((one) => JSON.stringify(parseLive(one)));
        expect(samples.every((sample) => sent.includes(JSON.stringify(sample)))).toBe(true);
        expect(samples.length).toBeGreaterThanOrEqual(packets.length - 2);
      }),
    );
  });

  it('finds the stream again after any noise', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 60 }),
        fc.array(live, { minLength: 2, maxLength: 4 }),
        (noise, packets) => {
          const results = taken(frames(Uint8Array.from([...noise, ...join(packets)])));
          expect(results.slice(-packets.length)).toEqual(packets);
        },
      ),
    );
  });
});

describe('contents', () => {
  it('gives no number where the device marks a value as invalid', () => {
    const sample = parseLive({ type: 1, data: Uint8Array.of(0, 0, 0x10, 255, 127, 0xff, 0xff) });
    expect(sample).toMatchObject({ pulseRate: undefined, spo2: undefined, perfusionIndexRaw: undefined });
    const points = parseStored({ type: 0x0f, data: Uint8Array.of(127, 60, 98, 255, 0, 0) });
    expect(points).toEqual([
      { spo2: undefined, pulseRate: 60, perfusionIndexRaw: undefined },
      { spo2: 98, pulseRate: undefined, perfusionIndexRaw: undefined },
    ]);
  });

  it('takes only whole packets of its type', () => {
    fc.assert(
      fc.property(packet, (one) => {
        expect(parseLive(one) !== undefined).toBe(one.type === 1 && one.data.length === 7);
        const stored = (one.type === 0x0f && one.data.length === 6) || (one.type === 0x09 && one.data.length === 4);
        expect(parseStored(one) !== undefined).toBe(stored);
      }),
    );
  });

  it('reports the reason with which the device ends', () => {
    expect(sessionEnd({ type: 0x0d, data: Uint8Array.of(5) })).toBe(5);
    expect(sessionEnd({ type: 0x01, data: Uint8Array.of(5) })).toBeUndefined();
  });
});
