import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Device, Packet, PacketStream } from '../device.js';
import { code } from '../findings.js';
import { ValueRejected } from './gatt-values.js';
import { highBitFraming } from './high-bit-framing.js';
import { type LiveSource, LiveStream } from './live-stream.js';
import { PacketLine } from './packet-line.js';
import { type KindsOf, packetTable } from './packet-table.js';

const framing = highBitFraming();
const packets = packetTable({
  live: { type: 1, fields: ['pulse:u8?255', 'off:flag _:u7'] },
  status: { type: 2, fields: ['battery:u8'] },
  end: { type: 3, fields: ['reason:u8'] },
});
type Kinds = KindsOf<typeof packets>;
const live = (pulse: number, off = 0) => framing.encode({ type: 1, data: Uint8Array.of(pulse, off) });
const status = (battery: number) => framing.encode({ type: 2, data: Uint8Array.of(battery) });
const end = (reason: number) => framing.encode({ type: 3, data: Uint8Array.of(reason) });
const many = (count: number, packet: Uint8Array) => Array<Uint8Array>(count).fill(packet);

/** A device that sends what `answers` says to each request, a packet every 100 ms; time goes on while it is silent. */
function world(answers: Readonly<Record<string, readonly (readonly Uint8Array[])[]>>) {
  const asked: [string, number][] = [];
  const due: Uint8Array[] = [];
  let now = 1_000;
  let open = true;
  const next = async (idleMs = 0): Promise<Packet | undefined> => {
    const bytes = due.shift();
    now += bytes ? 100 : idleMs;
    return bytes && { channel: 'line', bytes, at: now };
  };
  const close = async () => {
    open = false;
    throw new OneBoxError('LINK_LOST');
  };
  const device = {
    now: () => now,
    packets: async () => ({ next, close }) as unknown as PacketStream,
    request: async (name: string) => {
      const before = asked.filter(([one]) => one === name).length;
      due.push(...(answers[name]?.[before] ?? []));
      asked.push([name, now]);
    },
  } as unknown as Device;
  return { device, asked, isOpen: () => open, now: () => now };
}
const names = (asked: readonly [string, number][]) => asked.map(([name]) => name);
const kindOf = (run: Promise<unknown>) =>
  run.then(
    () => 'done',
    (error) => (isOneBoxError(error) ? error.kind : String(error)),
  );

describe('a table of packets', () => {
  it('decodes what its layouts state, and nothing else', () => {
    fc.assert(
      fc.property(fc.nat(6), fc.uint8Array({ maxLength: 4 }), (type, data) => {
        const frame = { type, data };
        if (type < 1 || type > 3) expect(packets.decode(frame)).toBeUndefined();
        else if (data.length !== (type === 1 ? 2 : 1)) expect(() => packets.decode(frame)).toThrow(ValueRejected);
        else expect(packets.decode(frame)?.kind).toBe(['live', 'status', 'end'][type - 1]);
      }),
    );
  });

  it('names its fields', () => {
    const found = packets.decode(packets.frame('live', Uint8Array.of(255, 1)));
    expect(found).toEqual({ kind: 'live', fields: { pulse: undefined, off: true } });
  });
});

describe('a line', () => {
  it('gives the answer to a request, past what else comes', async () => {
    const { device } = world({ ask: [[live(60), status(80), live(61)]] });
    const line = await PacketLine.open(device, { framing, packets });
    expect(await line.ask('ask', 'status')).toMatchObject({ fields: { battery: 80 }, lost: 0 });
    expect((await line.next('live')).fields.pulse).toBe(61);
  });

  it('says how silent it was: nothing, nothing but noise, or nothing more', async () => {
    const ask = async (answer: readonly Uint8Array[]) => {
      const { device, now } = world({ ask: [answer] });
      const line = await PacketLine.open(device, { framing, packets }, { silenceMs: 2_000 });
      return [await kindOf(line.ask('ask', 'status')), now() <= 4_000];
    };
    expect(await ask([])).toEqual(['LINK_TIMEOUT', true]);
    expect(await ask([Uint8Array.of(0xff, 0xff)])).toEqual(['LINK_MALFORMED', true]);
    expect(await ask([live(60)])).toEqual(['LINK_TIMEOUT', true]);
    // A device that says other things for ever is not waited for.
    expect(await ask(many(500, live(60)))).toEqual(['LINK_TIMEOUT', true]);
  });

  it('counts what was damaged, and tells how much before each message; other types are left alone', async () => {
    const other = framing.encode({ type: 9, data: Uint8Array.of(1, 2, 3) });
    const short = framing.encode({ type: 2, data: Uint8Array.of(1, 2) });
    const { device } = world({ ask: [[Uint8Array.of(0x80, 0x81), other, short, status(7), status(8)]] });
    const line = await PacketLine.open(device, { framing, packets });
    expect(await line.ask('ask', 'status')).toMatchObject({ fields: { battery: 7 }, lost: 2 + 5 + 4 });
    expect(await line.next('status')).toMatchObject({ fields: { battery: 8 }, lost: 0 });
    expect([line.quality.good, line.quality.rejected(), line.quality.rejected('length')]).toEqual([2, 2, 1]);
    expect(line.quality.findings(5).map(({ statistic }) => Number(statistic?.numeric?.value?.coefficient))).toEqual([
      50, 2,
    ]);
  });

  it('never breaks, whatever comes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 30 }), { maxLength: 20 }), async (noise) => {
        const { device } = world({ ask: [noise] });
        const line = await PacketLine.open(device, { framing, packets });
        await line.request('ask');
        let bytes = 0;
        for await (const { lost } of line.messages(['live', 'status', 'end'], 2_000)) bytes += lost;
        expect(bytes).toBeLessThanOrEqual(noise.reduce((sum, { length }) => sum + length, 0));
      }),
    );
  });

  it('keeps the device awake, and is left without an error of its own', async () => {
    const { device, asked, isOpen } = world({ start: [many(120, live(60))] });
    const keepAlive = { request: 'awake', everyMs: 4_000 };
    const line = await PacketLine.open(device, { framing, packets }, { keepAlive });
    await line.request('start');
    for await (const _message of line.messages(['live'], 1_000));
    const times = asked.filter(([name]) => name === 'awake').map(([, at]) => at);
    expect(times.slice(0, 3)).toEqual([5_000, 9_000, 13_000]);
    await line.close();
    expect(isOpen()).toBe(false);
  });
});

const what = (name: string) => code('urn:test', name);
const SOURCE: LiveSource<Kinds, 'live'> = {
  kind: 'live',
  source: 'packet 1',
  start: 'start',
  stop: 'stop',
  answerMs: 2_000,
  silenceMs: 3_000,
  perSecond: 10,
  packetBytes: 4,
  enough: 3,
  most: 6,
  values: [{ of: 'pulse', code: what('pulse'), unit: '/min', needed: true }],
  states: [{ of: 'off', code: what('off'), severity: v1.Severity.SEVERITY_CHECK, doubtful: true }],
  waves: [],
  ended: (message) => (message.kind === 'end' ? new OneBoxError('LINK_REFUSED') : undefined),
};

describe('a live stream', () => {
  async function read(answers: Parameters<typeof world>[0]) {
    const { device, asked } = world(answers);
    const stream = new LiveStream(device, await PacketLine.open(device, { framing, packets }), SOURCE);
    const found: Finding[] = [];
    const run = (async () => {
      await stream.start();
      for await (const finding of stream.present()) found.push(finding);
    })();
    const kind = await kindOf(run);
    const pulses = found.filter(({ observation }) => observation);
    return { kind, found, pulses, asked: names(asked), stream };
  }

  it('is read when enough seconds are valid', async () => {
    const { kind, found, pulses, asked } = await read({ start: [[...many(20, live(255)), ...many(60, live(72))]] });
    expect([kind, asked]).toEqual(['done', ['start']]);
    expect(pulses.map(({ observation }) => observation?.numeric?.value?.coefficient)).toHaveLength(5);
    expect(found.at(-1)?.progress).toMatchObject({ read: 3, expected: 3 });
  });

  it('is read when the device has nothing to say for long enough; that state is an alert', async () => {
    const { kind, found, pulses } = await read({ start: [many(100, live(255, 1))] });
    expect(kind).toBe('done');
    expect(pulses).toHaveLength(6);
    expect(pulses.every(({ observation }) => observation?.absent !== undefined)).toBe(true);
    expect(found.filter(({ alert }) => alert)).toHaveLength(1);
    expect(found.at(-1)?.progress?.read ?? 0).toBe(0);
  });

  it('is started once more when nobody answers, then given up', async () => {
    const late = await read({ start: [[], many(60, live(72))] });
    expect([late.kind, late.asked]).toEqual(['done', ['start', 'stop', 'start']]);
    expect(await read({})).toMatchObject({ kind: 'LINK_TIMEOUT', found: [] });
    const noise = many(30, Uint8Array.of(9));
    expect(await read({ start: [noise, noise] })).toMatchObject({ kind: 'LINK_MALFORMED', found: [] });
  });

  it('keeps what came before the device fell silent or ended it', async () => {
    const silent = await read({ start: [many(15, live(72))] });
    expect([silent.kind, silent.pulses.length]).toEqual(['LINK_TIMEOUT', 2]);
    const ended = await read({ start: [[...many(15, live(72)), end(5), live(72)]] });
    expect([ended.kind, ended.pulses.length]).toEqual(['LINK_REFUSED', 1]);
  });

  it('goes on while somebody watches', async () => {
    const { stream } = await read({ start: [many(80, live(72))] });
    const more: Finding[] = [];
    for await (const finding of stream.watch()) more.push(finding);
    expect(more.filter(({ observation }) => observation)).toHaveLength(3);
  });
});
