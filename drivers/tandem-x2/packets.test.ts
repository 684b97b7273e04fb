import { fillTemplate, parseTemplate } from '@onebox/driver-sdk/template.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bitNames, CGM_ALERTS } from './enumerations.js';
import { gapsIn } from './history.js';
import { readRecord, readStream } from './history-records.js';
import manifest from './manifest.json' with { type: 'json' };
import { ANSWERS, type AnswerName, readAnswer, readError } from './messages.js';
import { type Message, PacketRejected, Reassembly, readPackets, writePackets } from './packets.js';
import { isRequest, requestPacket, requestParameters } from './requests.js';

const byte = fc.integer({ min: 0, max: 255 });
const message: fc.Arbitrary<Message> = fc.record({
  opCode: byte,
  transaction: byte,
  cargo: fc.uint8Array({ maxLength: 250 }),
});
const chunk = fc.integer({ min: 18, max: 240 });

function refusal(act: () => unknown): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    if (error instanceof PacketRejected) return error.reject;
    throw error;
  }
}

describe('packets', () => {
  it('reads what it writes, however it is cut', () => {
    fc.assert(
      fc.property(message, chunk, (one, size) => {
        expect(readPackets(writePackets(one, size))).toEqual(one);
      }),
    );
  });

  it('refuses every message with one bit changed, as long as it is not a count of packets that nobody reads', () => {
    fc.assert(
      fc.property(message, chunk, fc.nat(), (one, size, place) => {
        const packets = writePackets(one, size);
        const total = packets.reduce((sum, packet) => sum + packet.length * 8, 0);
        let bit = place % total;
        let index = 0;
        while (bit >= packets[index]!.length * 8) bit -= packets[index++]!.length * 8;
        fc.pre(!(bit >= 4 && bit < 8));
        packets[index]![bit >> 3]! ^= 1 << (bit & 7);
        expect(refusal(() => readPackets(packets))).toBeDefined();
      }),
    );
  });

  it('refuses a message that is cut at any byte', () => {
    fc.assert(
      fc.property(message, fc.nat(), (one, place) => {
        const packets = writePackets(one);
        const total = packets.reduce((sum, packet) => sum + packet.length, 0);
        let left = place % total;
        const cut: Uint8Array[] = [];
        for (const packet of packets) {
          if (left <= 0) break;
          cut.push(packet.subarray(0, left));
          left -= packet.length;
        }
        expect(refusal(() => readPackets(cut))).toBeDefined();
      }),
    );
  });

  it('names what is wrong', () => {
    const [first, second] = writePackets({ opCode: 109, transaction: 3, cargo: new Uint8Array(17) });
    expect(refusal(() => readPackets([first!]))).toBe('length');
    expect(refusal(() => readPackets([second!]))).toBe('length');
    expect(refusal(() => readPackets([first!, first!, second!]))).toBe('order');
    expect(refusal(() => readPackets([first!, Uint8Array.from([0, 4, ...second!.subarray(2)])]))).toBe('transaction');
    expect(refusal(() => readPackets([first!, Uint8Array.from([...second!.subarray(0, -1), 0])]))).toBe('checksum');
    expect(refusal(() => readPackets([first!, second!, second!]))).toBe('length');
    expect(refusal(() => readPackets([]))).toBe('length');
  });

  it('finds the stream again after any noise', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 }), message, (noise, one) => {
        const reassembly = new Reassembly();
        const taken = (packet: Uint8Array) => {
          try {
            return reassembly.take(packet).message;
          } catch (error) {
            if (error instanceof PacketRejected) return undefined;
            throw error;
          }
        };
        for (const packet of noise) taken(packet);
        // At most one message is lost to what stood before it.
        const sent = [...writePackets(one), ...writePackets(one)];
        expect(sent.map(taken).filter(Boolean)).toContainEqual(one);
      }),
    );
  });
});

describe('contents', () => {
  it('takes only the length that an answer has', () => {
    const name = fc.constantFrom(...(Object.keys(ANSWERS) as AnswerName[]));
    fc.assert(
      fc.property(name, fc.uint8Array({ maxLength: 120 }), (answer, cargo) => {
        const { layout, rest } = ANSWERS[answer];
        const fits = cargo.length >= layout.size + rest[0] && cargo.length <= layout.size + rest[1];
        try {
          readAnswer(answer, cargo);
          expect(fits).toBe(true);
        } catch (error) {
          expect(error).toMatchObject({ kind: 'LINK_MALFORMED' });
        }
      }),
    );
  });

  it('reads any record of 26 bytes, and the list of them by its count', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 26, maxLength: 26 }), { maxLength: 9 }), byte, (records, id) => {
        const cargo = Uint8Array.from([records.length, id, ...records.flatMap((one) => [...one])]);
        expect(readStream(cargo)).toEqual({ count: records.length, streamId: id, records });
        for (const one of records) expect(readRecord(one).bytes).toEqual(one);
        expect(refusal(() => readStream(cargo.subarray(0, -1)))).toBe('length');
      }),
    );
  });

  it('reads both forms of a refusal', () => {
    expect(readError(Uint8Array.of(164, 6))).toEqual({ requestOpCode: 164, errorCode: 6, error: 'bad op code' });
    const long = Uint8Array.from({ length: 26 }, (_, index) => (index === 0 ? 164 : index === 1 ? 77 : 1));
    expect(readError(long)).toEqual({ requestOpCode: 164, errorCode: 77, error: undefined });
    expect(refusal(() => readError(Uint8Array.of(1, 2, 3)))).toBe('length');
  });

  it('names bits that nobody has named by their number', () => {
    expect(bitNames(1n << 60n, CGM_ALERTS)).toEqual(['BIT_60']);
  });

  it('finds gaps', () => {
    const found = (...numbers: number[]) => new Map(numbers.map((number) => [number, number]));
    const span = { first: 5, last: 9 };
    expect(gapsIn(span, found(5, 6, 7, 8, 9))).toEqual([]);
    expect(gapsIn(span, found())).toEqual([span]);
    expect(gapsIn(span, found(6, 8, 9))).toEqual([
      { first: 5, last: 5 },
      { first: 7, last: 7 },
    ]);
  });
});

/** Requests of the phone application that change the pump stand on other characteristics; none of them is here. */
describe('what may be sent', () => {
  const names = Object.keys(manifest.requests).filter(isRequest);

  it('goes to the one characteristic of requests that read, with an even op code', () => {
    for (const name of names) {
      const { channel, bytes } = manifest.requests[name];
      expect(channel).toBe('7B83FFF69F774E5C8064AAE2C24838B9');
      expect(bytes).toMatch(/^00 \{transaction:u8\} [0-9A-F]{2} \{again:u8\} [0-9A-F]{2}/);
      const opCode = Number.parseInt(bytes.split(' ')[2]!, 16);
      expect(opCode % 2).toBe(0);
      const known = Object.hasOwn(ANSWERS, name) ? ANSWERS[name as AnswerName].request : undefined;
      expect([known, { basalIqSettings: 98, commonSoftwareInfo: 142, pumpFeaturesV2: 160 }[name as string]]).toContain(
        opCode,
      );
    }
    expect(names.length).toBe(Object.keys(ANSWERS).length + 3);
  });

  it('is a whole message in one packet, whatever the parameters are', () => {
    const asked = { start: 7, count: 9, idp: 1, segment: 2, mcu: 0, input: 1 };
    fc.assert(
      fc.property(fc.constantFrom(...names), byte, (name, transaction) => {
        const holes = parseTemplate(manifest.requests[name].bytes).flatMap((part) =>
          'name' in part ? [part.name] : [],
        );
        const wanted = Object.fromEntries(Object.entries(asked).filter(([key]) => holes.includes(key)));
        const parameters = requestParameters(name, transaction, wanted);
        const packet = requestPacket(name, parameters);
        expect(fillTemplate(parseTemplate(manifest.requests[name].bytes), parameters)).toEqual(packet);
        expect(readPackets([packet])).toMatchObject({ transaction, opCode: packet[2] });
      }),
    );
  });
});
