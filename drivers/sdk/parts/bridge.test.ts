import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device, Packet, PacketStream } from '../device.js';
import { identity } from '../findings.js';
import { bridgeFrame } from '../simulated/bridge.js';
import { Bridge, BridgeScanner, behindBridge, bridgedPump, HELLO, parseHello, REFUSED } from './bridge.js';

const HELLO_ANSWER = HELLO | 0x80;
const words = (text: string) => new TextEncoder().encode(text);
const hello = (text: string) => bridgeFrame(HELLO_ANSWER, 0, words(text));

describe('frames of a bridge', () => {
  it('are found however they are cut, with what is no frame between them', () => {
    const frame = fc.record({
      kind: fc.nat(0xff),
      item: fc.nat(0xff),
      payload: fc.uint8Array({ maxLength: 40 }),
    });
    // A byte that cannot begin a mark.
    const noise = fc.uint8Array({ maxLength: 5 }).map((bytes) => bytes.map((byte) => (byte === 0x4f ? 0 : byte)));
    fc.assert(
      fc.property(fc.array(fc.tuple(noise, frame), { maxLength: 6 }), fc.integer({ min: 1, max: 30 }), (sent, size) => {
        const stream = Uint8Array.from(
          sent.flatMap(([before, { kind, item, payload }]) => [...before, ...bridgeFrame(kind, item, payload)]),
        );
        const scanner = new BridgeScanner();
        const found = [];
        for (let at = 0; at < stream.length; at += size) found.push(...scanner.push(stream.subarray(at, at + size)));
        found.push(...scanner.flush());
        expect(found).toEqual(sent.map(([, one]) => one));
        expect(scanner.damaged).toBe(0);
      }),
    );
  });

  it('that are damaged in one bit are never taken, and the next one is', () => {
    const good = bridgeFrame(0x91, 3, words('page'));
    for (let bit = 16; bit < good.length * 8; bit += 1) {
      const bad = Uint8Array.from(good);
      bad[bit >> 3]! ^= 1 << (bit & 7);
      const scanner = new BridgeScanner();
      const found = [...scanner.push(bad), ...scanner.push(good), ...scanner.flush()];
      expect(found.map(({ payload }) => payload)).toEqual([words('page')]);
      expect(scanner.damaged).toBeGreaterThan(0);
    }
  });

  it('that end early are counted as damaged when nothing follows', () => {
    const scanner = new BridgeScanner();
    expect(scanner.push(bridgeFrame(0x91, 3, words('page')).subarray(0, -1))).toEqual([]);
    expect(scanner.flush()).toEqual([]);
    expect(scanner.damaged).toBe(1);
  });
});

describe('hello', () => {
  it('is lines of a key and printable words, others are left out', () => {
    expect([...parseHello(words('family omnipod\nmodel DASH 2\nX 1\nbad\u0001 x\nfirmware \nlast 1'))]).toEqual([
      ['family', 'omnipod'],
      ['model', 'DASH 2'],
      ['last', '1'],
    ]);
  });

  it('names the pump, without model and firmware where they are not stated', () => {
    const told = (text: string) => bridgedPump(parseHello(words(text)), 'Maker', 'Pump').identity;
    expect(told('model 7\nfirmware 1.2')).toMatchObject({ manufacturer: 'Maker', model: 'Pump 7', firmware: '1.2' });
    expect(told('family x')?.model).toBe('Pump');
    expect(told('family x')?.firmware).toBeUndefined();
  });
});

/** A line on which each request brings what `answers` says next; time goes on while nobody answers. */
function line(answers: readonly (readonly Uint8Array[])[]) {
  const asked: string[] = [];
  const packets: Uint8Array[] = [];
  let now = 1_000;
  let open = true;
  const next = async (idleMs = 0): Promise<Packet | undefined> => {
    const bytes = packets.shift();
    if (bytes) return { channel: 'line', bytes, at: now };
    now += idleMs;
    return undefined;
  };
  const close = async () => {
    open = false;
  };
  const stream = { next, close } as unknown as PacketStream;
  const device = {
    now: () => now,
    packets: async () => stream,
    request: async (name: string) => {
      packets.push(...(answers[asked.length] ?? []));
      asked.push(name);
    },
  } as unknown as Device;
  return { device, stream, asked, isOpen: () => open };
}

const PAGE = { request: 'page', kind: 0x11, item: 2 };
const kindOf = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error: OneBoxError) => error.kind,
  );

describe('a question to a bridge', () => {
  const good = bridgeFrame(0x91, 2, words('page'));
  const other = bridgeFrame(0x91, 1, words('older'));
  const damaged = Uint8Array.from([...good.subarray(0, -1), good.at(-1)! ^ 0xff]);

  it('takes the answer to itself, not that to another one', async () => {
    const { device, stream, asked } = line([[other, good.subarray(0, 4), good.subarray(4)]]);
    expect(await new Bridge(device, stream).ask(PAGE)).toEqual(words('page'));
    expect(asked).toEqual(['page']);
  });

  it.each([
    ['damaged', [damaged]],
    ['missing', []],
  ])('is asked once more when its answer is %s', async (_how, first) => {
    const { device, stream, asked } = line([first, [good]]);
    expect(await new Bridge(device, stream).ask(PAGE)).toEqual(words('page'));
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['LINK_TIMEOUT', [[], []]],
    ['LINK_MALFORMED', [[damaged], [damaged]]],
    ['LINK_REFUSED', [[bridgeFrame(REFUSED, 0x11, Uint8Array.of(1))]]],
  ])('ends with %s', async (kind, answers) => {
    const { device, stream } = line(answers);
    expect(await kindOf(new Bridge(device, stream).ask(PAGE))).toBe(kind);
  });
});

describe('a read behind a bridge', () => {
  async function findings(answers: readonly (readonly Uint8Array[])[], fails = false) {
    const { device, isOpen } = line(answers);
    const found: Finding[] = [];
    const read = behindBridge(device, 'omnipod', async function* (_bridge, told) {
      yield identity({ deviceClass: 'insulin-pump', model: told.get('model') ?? '' });
      if (fails) throw new OneBoxError('LINK_LOST');
    });
    const run = (async () => {
      for await (const finding of read) found.push(finding);
    })();
    return { end: await kindOf(run), found, isOpen: isOpen() };
  }

  it('has what the bridge said, and leaves the line', async () => {
    const { end, found, isOpen } = await findings([[hello('family omnipod\nmodel DASH\n')]]);
    expect([end, isOpen]).toEqual(['done', false]);
    expect(found[0]?.identity?.model).toBe('DASH');
  });

  it('leaves the line when it fails, and when the bridge is of another family', async () => {
    expect(await findings([[hello('family omnipod\n')]], true)).toMatchObject({ end: 'LINK_LOST', isOpen: false });
    expect(await findings([[hello('family minimed\n')]])).toMatchObject({ end: 'LINK_REFUSED', isOpen: false });
  });
});
