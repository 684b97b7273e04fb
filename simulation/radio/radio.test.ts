import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { advertisingData } from './advertising-data.js';
import { deframer } from './h4.js';
import { Radio } from './radio.js';

describe('H4', () => {
  const packet = fc.oneof(
    fc.uint8Array({ maxLength: 255 }).map((data) => Buffer.concat([Buffer.from([4, 0x0e, data.length]), data])),
    fc
      .uint8Array({ maxLength: 300 })
      .map((data) => Buffer.concat([Buffer.from([2, 0x40, 0x20, data.length & 0xff, data.length >> 8]), data])),
    fc.uint8Array({ maxLength: 255 }).map((data) => Buffer.concat([Buffer.from([1, 0x03, 0x0c, data.length]), data])),
  );

  test('whole packets come out of any cut of the stream', () => {
    fc.assert(
      fc.property(fc.array(packet, { maxLength: 8 }), fc.integer({ min: 1, max: 50 }), (packets, cut) => {
        const got: Buffer[] = [];
        const take = deframer((one) => got.push(Buffer.from(one)));
        const stream = Buffer.concat(packets);
        for (let at = 0; at < stream.length; at += cut) take(stream.subarray(at, at + cut));
        expect(got).toEqual(packets);
      }),
    );
  });

  test('a stream that is not H4 is refused', () => {
    expect(() => deframer(() => {})(Buffer.from([9]))).toThrow('not an H4 packet');
  });
});

describe('advertising data', () => {
  test('services first, the name shortened to what is left', () => {
    const { data, scanResponse } = advertisingData({
      name: 'A name that is much too long for a scan response',
      services: ['180D'],
      companyId: 0x0499,
      manufacturerData: Uint8Array.of(1),
    });
    expect(data.toString('hex')).toBe('02010603030d1804ff990401');
    expect(scanResponse.length).toBe(31);
    expect(scanResponse.subarray(0, 2)).toEqual(Buffer.from([30, 0x08]));
  });

  test('what does not fit is said', () => {
    expect(() => advertisingData({ services: [], manufacturerData: new Uint8Array(60) })).toThrow(RangeError);
  });
});

test('the supervision timeout ends a link that is out of range, a short gap does not', async () => {
  const radio = new Radio({ maxSupervisionTimeoutMs: 150 });
  const [central, peripheral] = [radio.attach(), radio.attach()];
  const events: string[] = [];
  central.on('data', (packet: Buffer) => events.push(packet.subarray(0, 2).toString('hex')));
  peripheral.write(Buffer.from('010620' + '0f' + '20002000000000000000000000' + '0700', 'hex'));
  peripheral.write(Buffer.from('010a200101', 'hex'));
  central.write(
    Buffer.concat([
      Buffer.from('010d2019' + '60006000' + '00' + '00', 'hex'),
      peripheral.octets,
      Buffer.from('00' + '1800' + '1800' + '0000' + '9001' + '0000' + '0000', 'hex'),
    ]),
  );
  const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(100);
  expect(central.ends.size).toBe(1);
  radio.setInRange(central, peripheral, false);
  await pause(50);
  radio.setInRange(central, peripheral, true);
  await pause(200);
  expect(central.ends.size).toBe(1);
  radio.setInRange(central, peripheral, false);
  await pause(300);
  expect([central.ends.size, peripheral.ends.size]).toEqual([0, 0]);
  expect(events.at(-1)).toBe('0405');
});
