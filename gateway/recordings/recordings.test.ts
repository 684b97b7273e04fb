import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defineDriver } from '@onebox/driver-sdk/define.js';
import { fault, identity, observation, progress } from '@onebox/driver-sdk/findings.js';
import { isOneBoxError, OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { runDriverInProcess } from '../driver-host/in-process.js';
import { testManifest } from '../driver-host/testing/bundle.js';
import { MemoryLink } from '../driver-host/testing/memory-link.js';
import type { Link } from '../links/link.js';
import { encodeLine, parseRecording, type RecordingHeader, type RecordingItem } from './format.js';
import { fileSink, Recorder } from './recorder.js';
import { Replay } from './replay.js';

const spo2 = { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: '150456' }] };
const manifest = testManifest({ identifying: ['2A29'], reads: ['2A19', '2A29', '2A24'] });

/** Reads who it is, asks, takes five packets, waits in vain for a sixth. */
const driver = defineDriver(manifest, async function* (device) {
  yield progress('identity', 'started');
  yield identity({ deviceClass: 'pulse-oximeter', serial: await device.readText('2A29') });
  try {
    await device.read('2A24');
  } catch (error) {
    if (!isOneBoxError(error)) throw error;
    yield fault(error, 'identity', { detail: '2A24' });
  }
  yield progress('identity', 'done');
  const packets = await device.packets('2A5F', { idleMs: 1000 });
  await device.request('ask', { channel: 2 });
  for (;;) {
    const packet = await packets.next();
    if (!packet) break;
    yield observation(spo2, packet.bytes[0]!, '%', { at: packet.at, source: '2A5F' });
  }
  await packets.close();
  await device.sleep(50);
  yield observation(spo2, 1, '%', { at: device.now(), source: 'end' });
});

const oximeter = () =>
  new MemoryLink({
    channels: [{ id: '2A19' }, { id: '2A29' }, { id: '2A52' }, { id: '2A5F' }, { id: '2A24' }],
    values: { '2A29': new TextEncoder().encode('SN-4417') },
    written: (channel, bytes, link) => {
      if (channel !== '2A52' || bytes[0] !== 1) return;
      for (let index = 0; index < 5; index++) setTimeout(() => link.say('2A5F', Uint8Array.of(90 + index)), index * 20);
    },
  });

async function read(link: Link, more: Partial<Parameters<typeof runDriverInProcess>[0]> = {}) {
  const findings: Finding[] = [];
  const run = await runDriverInProcess({
    driver,
    manifest,
    link,
    phases: [1, 2, 3],
    onFinding: (finding) => void findings.push(finding),
    ...more,
  });
  return { run, findings };
}

class TextSink {
  text = '';
  write(line: string) {
    this.text += line;
  }
  async close() {}
}

async function recorded(mask = false) {
  const sink = new TextSink();
  const recorder = new Recorder({ sink, driver: manifest, practice: true, identifying: manifest.identifying, mask });
  const { run, findings } = await read(await recorder.record(oximeter(), { deadlineMs: 1000 }));
  await recorder.finish();
  expect(run.error).toBeUndefined();
  return { text: sink.text, findings };
}

const withoutTimes = (findings: readonly Finding[]) =>
  findings.map((finding) =>
    JSON.parse(
      JSON.stringify(finding, (key, value) => (key === 'receivedUnixMs' || key === 'unixMs' ? undefined : value)),
    ),
  );

describe('record and replay', () => {
  it('a replay finds what the recorded run found, fast and the same each time', async () => {
    const { text, findings } = await recorded();
    const once = async () => {
      const replay = new Replay(parseRecording(text));
      return read(replay.open(), { clock: replay.clock });
    };
    const started = performance.now();
    const [first, second] = [await once(), await once()];
    expect(performance.now() - started).toBeLessThan(2000);
    expect(first.run.error).toBeUndefined();
    expect(withoutTimes(first.findings)).toEqual(withoutTimes(findings));
    expect(second.findings).toEqual(first.findings);
    // Times are those of the recording.
    const { header } = parseRecording(text);
    const last = first.findings.at(-1)!.observation!.time!.unixMs!;
    expect(last - header.startedAt).toBeGreaterThanOrEqual(1040);
    expect(last - header.startedAt).toBeLessThan(5000);
  });

  it('writes identifying bytes only when asked to, with their length kept', async () => {
    const masked = await recorded(true);
    expect(masked.text).not.toContain(Buffer.from('4417').toString('hex'));
    const replay = new Replay(parseRecording(masked.text));
    expect(replay.recording.header.masked).toBe(true);
    const { findings } = await read(replay.open(), { clock: replay.clock });
    expect(findings[1]?.identity?.serial).toBe('XXXXXXX');
  });

  it('names what was sent and what is in the recording when they differ', async () => {
    const { text } = await recorded();
    const replay = new Replay(parseRecording(text.replace('"hex":"0102"', '"hex":"0103"')));
    const { run, findings } = await read(replay.open(), { clock: replay.clock });
    expect(run.error).toMatchObject({
      kind: 'RECORDING_DIVERGED',
      detail: 'sent 2A52 0102, in the recording 2A52 0103',
    });
    expect(findings.length).toBeGreaterThan(2);
  });

  it('a loss and the link after it are replayed', async () => {
    const sink = new TextSink();
    const recorder = new Recorder({ sink, driver: manifest, practice: true, identifying: [], mask: false });
    const device = oximeter();
    const lossy = await recorder.record(device, { deadlineMs: 1000 });
    setTimeout(() => device.lose(), 65);
    const first = await read(lossy);
    const again = await read(await recorder.record(oximeter(), { deadlineMs: 1000 }));
    await recorder.finish();
    expect(first.run.error?.kind).toBe('LINK_LOST');
    const replay = new Replay(parseRecording(sink.text));
    expect(replay.links).toBe(2);
    const firstReplayed = await read(replay.open(), { clock: replay.clock });
    expect(firstReplayed.run.error?.kind).toBe('LINK_LOST');
    expect(withoutTimes(firstReplayed.findings)).toEqual(withoutTimes(first.findings));
    const secondReplayed = await read(replay.open(), { clock: replay.clock });
    expect(withoutTimes(secondReplayed.findings)).toEqual(withoutTimes(again.findings));
    expect(() => replay.open()).toThrow(expect.objectContaining({ kind: 'RECORDING_DIVERGED' }));
  });

  it('a read that was stopped, and a file that was cut, end where they ended', async () => {
    const sink = new TextSink();
    const recorder = new Recorder({
      sink,
      driver: manifest,
      practice: true,
      identifying: [],
      phases: [1, 2],
      live: false,
    });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 65);
    const stopped = await read(await recorder.record(oximeter(), { deadlineMs: 1000 }), { signal: stop.signal });
    await recorder.finish();
    expect(stopped.run.error?.kind).toBe('LINK_ABORTED');
    const recording = parseRecording(sink.text);
    expect(recording.header).toMatchObject({ phases: [1, 2], live: false });
    const replay = new Replay(recording);
    const replayed = await read(replay.open(), { clock: replay.clock });
    expect(replayed.run.error?.kind).toBe('READ_STOPPED');
    expect(withoutTimes(replayed.findings)).toEqual(withoutTimes(stopped.findings));

    const { text } = await recorded();
    const lines = text.split('\n');
    const cut = new Replay(
      parseRecording(lines.slice(0, lines.findIndex((line) => line.includes('"dir":"in"')) + 2).join('\n')),
    );
    expect((await read(cut.open(), { clock: cut.clock })).run.error?.kind).toBe('NOT_REACHED');
  });

  it('a cut file gives what is there and says so', async () => {
    const { text } = await recorded();
    expect(parseRecording(text).truncated).toBe(false);
    const whole = parseRecording(text).items.length;
    for (let length = text.indexOf('\n') + 1; length < text.length; length += 7) {
      const cut = parseRecording(text.slice(0, length));
      expect(cut.truncated).toBe(true);
      expect(cut.items.length).toBeLessThan(whole);
    }
  });
});

describe('files', () => {
  let folder = '';
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are new, and for their owner only', async () => {
    folder = await mkdtemp(join(tmpdir(), 'onebox-recording-'));
    const path = join(folder, 'one.obrec');
    const sink = fileSink(path);
    sink.write('a\n');
    await sink.close();
    expect(await readFile(path, 'utf8')).toBe('a\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    await expect(fileSink(path).close()).rejects.toMatchObject({ kind: 'STORE_DENIED' });
  });
});

const header: RecordingHeader = {
  format: 'onebox-recording',
  version: 1,
  transport: 'ble',
  driver: { id: 'a', version: '1.0.0' },
  channels: [],
  startedAt: 1,
  practice: false,
  masked: true,
};

describe('parsing', () => {
  const hex = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString('hex'));
  const ch = fc.constantFrom('2A37', 'line');
  const item: fc.Arbitrary<Record<string, unknown>> = fc.oneof(
    fc.record({ dir: fc.constantFrom('in', 'out'), ch, hex }),
    fc.record({ dir: fc.constant('event'), event: fc.constant('read'), ch, hex }),
    fc.record({ dir: fc.constant('event'), event: fc.constant('read'), ch, error: fc.constant('LINK_REFUSED') }),
    fc.record({ dir: fc.constant('event'), event: fc.constantFrom('subscribe', 'unsubscribe'), ch }),
    fc.record({
      dir: fc.constant('event'),
      event: fc.constantFrom('write-failed', 'subscribe-failed'),
      ch,
      error: fc.constant('LINK_TIMEOUT'),
    }),
    fc.record({ dir: fc.constant('event'), event: fc.constant('lost'), error: fc.constant('LINK_LOST') }),
    fc.record({ dir: fc.constant('event'), event: fc.constant('link') }),
  );
  const items = fc.array(fc.tuple(fc.nat(1000), item)).map((list) => {
    let t = 0;
    return list.map(([step, rest]) => {
      t += step;
      return { t, ...rest } as RecordingItem;
    });
  });
  const write = (list: readonly RecordingItem[]) =>
    [header, ...list, { t: 1e9, dir: 'event', event: 'end' } as const].map(encodeLine).join('');

  it('reads what was written', () => {
    fc.assert(
      fc.property(items, (list) => {
        const end = { t: 1e9, dir: 'event', event: 'end' };
        expect(parseRecording(write(list))).toEqual({ header, items: [...list, end], truncated: false });
      }),
    );
  });

  it('answers every damage with a recording or RECORDING_INVALID with its line', () => {
    fc.assert(
      fc.property(
        items,
        fc.array(fc.tuple(fc.nat(), fc.string({ maxLength: 3 })), { minLength: 1, maxLength: 4 }),
        (list, damage) => {
          let text = write(list);
          for (const [place, junk] of damage)
            text = text.slice(0, place % text.length) + junk + text.slice((place % text.length) + 1);
          try {
            parseRecording(text);
          } catch (error) {
            expect(error).toBeInstanceOf(OneBoxError);
            const { kind, params } = error as OneBoxError;
            expect(['RECORDING_INVALID', 'PROTOCOL_VERSION']).toContain(kind);
            if (kind === 'RECORDING_INVALID') expect(params.line).toBeGreaterThan(0);
          }
        },
      ),
    );
  });

  it('names the line', () => {
    const text = `${encodeLine(header)}${encodeLine({ t: 5, dir: 'in', ch: 'line', hex: '00' })}{"t":4,"dir":"in","ch":"line","hex":"00"}\n`;
    expect(() => parseRecording(text)).toThrow(
      expect.objectContaining({ kind: 'RECORDING_INVALID', detail: 'line 3: time goes back' }),
    );
    expect(() => parseRecording('hello\n')).toThrow(expect.objectContaining({ detail: 'line 1: not JSON' }));
    expect(() => parseRecording('')).toThrow(expect.objectContaining({ detail: 'line 1: no header' }));
  });
});
