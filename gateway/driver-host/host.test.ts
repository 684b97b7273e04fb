import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { driverFromCode } from './driver-index.js';
import { type HostEvent, type RunDriverOptions, runDriver } from './host.js';
import { runDriverInProcess } from './in-process.js';
import { nodeLauncher, type SandboxProcess } from './launcher.js';
import { bundled, testManifest } from './testing/bundle.js';
import { type MemoryDevice, MemoryLink } from './testing/memory-link.js';

const manifest = testManifest();
const file = join(import.meta.dirname, 'testing/drivers/oximeter.js');

function oximeter(packets: readonly number[] | ((link: MemoryLink) => void), values: MemoryDevice['values'] = {}) {
  return new MemoryLink({
    channels: [{ id: '2A19', service: '180F' }, { id: '2A29', service: '180A' }, { id: '2A52' }, { id: '2A5F' }],
    values: { '2A29': new TextEncoder().encode('Maker \0'), '2A19': Uint8Array.of(90), ...values },
    written: (_channel, bytes, link) => {
      if (bytes[0] !== 1) return;
      if (typeof packets === 'function') packets(link);
      else for (const value of packets) link.say('2A5F', Uint8Array.of(value));
    },
  });
}

async function read(link: MemoryLink, options: Partial<RunDriverOptions> = {}) {
  const findings: Finding[] = [];
  const events: HostEvent[] = [];
  const driver = options.driver ?? (await bundled(file, manifest));
  const run = await runDriver({
    launcher: nodeLauncher(),
    link,
    phases: [1, 2],
    onFinding: (finding) => void findings.push(finding),
    onEvent: (event) => void events.push(event),
    ...options,
    driver,
  });
  return { run, findings, events };
}

const values = (findings: readonly Finding[]) =>
  findings.flatMap(({ observation }) => (observation ? [observation.numeric?.value?.coefficient] : []));

describe('a driver in its sandbox', () => {
  it('reads a device to the end', async () => {
    const link = oximeter([97, 98, 0]);
    const { run, findings, events } = await read(link);
    expect(run.error).toBeUndefined();
    expect(run.end).toBe('done');
    expect(findings[1]?.identity?.manufacturer).toBe('Maker');
    expect(values(findings)).toEqual([97, 98]);
    expect(findings.map((finding) => finding.sequence)).toEqual(findings.map((_, index) => index + 1));
    expect(link.log).toEqual(['2A52 0101', '2A52 ff']);
    expect(events).toEqual([
      { kind: 'request', name: 'ask', bytes: 2, endOfSession: false },
      { kind: 'request', name: 'bye', bytes: 1, endOfSession: true },
    ]);
    expect(run.statistics).toMatchObject({
      bytesIn: 7 + 1 + 3,
      bytesOut: 3,
      packetsIn: 3,
      packetsOut: 2,
      findings: 7,
      findingsRefused: 0,
    });
  });

  it('gives the same findings as in this process', async () => {
    const { findings } = await read(oximeter([97, 98, 0]));
    const { default: driver } = await import('./testing/drivers/oximeter.js' as string);
    const plain: Finding[] = [];
    await runDriverInProcess({
      driver,
      manifest,
      link: oximeter([97, 98, 0]),
      phases: [1, 2],
      onFinding: (finding) => void plain.push(finding),
    });
    const timeless = (list: Finding[]) =>
      list.map((finding) => JSON.stringify(finding, (key, value) => (/unixMs$/i.test(key) ? 0 : value)));
    expect(timeless(findings)).toEqual(timeless(plain));
  });

  it('learns what the device refuses and goes on', async () => {
    const { run, findings } = await read(oximeter([97, 0], { '2A19': new Uint8Array(0) }));
    expect(run.end).toBe('done');
    expect(findings.find(({ fault }) => fault)?.fault).toMatchObject({
      error: 105,
      phase: 1,
      detail: '2A19',
      reason: v1.AbsentReason.ABSENT_REASON_ERROR,
    });
  });

  it('does not read again what was finished before', async () => {
    const link = oximeter([97, 0]);
    const { findings } = await read(link, { finished: new Set([2]) });
    expect(values(findings)).toEqual([]);
    expect(link.log).toEqual(['2A52 ff']);
  });

  it('a lost link ends the run with its error, and what was found is kept', async () => {
    const link = oximeter((one) => {
      one.say('2A5F', Uint8Array.of(97));
      setTimeout(() => one.lose(), 30);
    });
    const { run, findings } = await read(link);
    expect(run.error?.kind).toBe('LINK_LOST');
    expect(values(findings)).toEqual([97]);
    expect(link.log).toEqual(['2A52 0101']);
  });

  it('stops at any moment, and the end of the session is sent', async () => {
    const stop = new AbortController();
    const link = oximeter((one) => {
      one.say('2A5F', Uint8Array.of(97));
      setTimeout(() => stop.abort(), 50);
    });
    const { run, findings } = await read(link, { signal: stop.signal });
    expect(run.error?.kind).toBe('LINK_ABORTED');
    expect(values(findings)).toEqual([97]);
    expect(link.log.at(-1)).toBe('2A52 ff');
    expect((await read(oximeter([]), { signal: AbortSignal.abort() })).run.error?.kind).toBe('LINK_ABORTED');
  });

  it('a silent device is told by the driver, within its own time', async () => {
    const { run } = await read(oximeter([]));
    expect(run.error?.kind).toBe('LINK_TIMEOUT');
  });

  it('a phase that takes too long is ended', async () => {
    const trickle = oximeter((one) => {
      const timer = setInterval(() => one.say('2A5F', Uint8Array.of(50)), 100);
      void one.ended.then(() => clearInterval(timer));
    });
    const { run } = await read(trickle, { limits: { phaseMs: 800 } });
    expect(run.error).toMatchObject({ kind: 'DRIVER_TIMEOUT', detail: 'phase critical' });
    await trickle.close();
  });

  it('a device that floods is held by the byte budget', async () => {
    const flood = oximeter((one) => {
      for (let index = 0; index < 2000; index++) one.say('2A5F', new Uint8Array(600).fill(99));
    });
    const { run, events } = await read(flood);
    expect(run.error).toMatchObject({ kind: 'DRIVER_BUDGET', detail: 'bytes-in' });
    expect(events).toContainEqual(expect.objectContaining({ kind: 'budget', what: 'bytes-in' }));
  });

  it('marks practice, and waits for who takes the findings', async () => {
    let running = 0;
    const seen: Finding[] = [];
    const onFinding = async (finding: Finding) => {
      expect(++running).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      running--;
      seen.push(finding);
    };
    await read(oximeter([97, 98, 0]), { practice: true, onFinding });
    expect(seen.find(({ identity }) => identity)?.identity?.practice).toBe(true);
    expect(values(seen)).toEqual([97, 98]);
  });

  it('a dead process, a wrong bundle and a missing one are errors of the driver', async () => {
    let child: SandboxProcess | undefined;
    const node = nodeLauncher();
    const launcher = {
      launch() {
        child = node.launch();
        return child;
      },
    };
    const link = oximeter(() => child?.kill());
    expect((await read(link, { launcher })).run.error?.kind).toBe('DRIVER_CRASHED');
    expect((await read(oximeter([]), { driver: driverFromCode(manifest, 'var x = 1') })).run.error?.kind).toBe(
      'DRIVER_LOAD',
    );
    const missing = { ...driverFromCode(manifest, ''), code: () => Promise.reject(new OneBoxError('DRIVER_LOAD')) };
    expect((await read(oximeter([]), { driver: missing })).run.error?.kind).toBe('DRIVER_LOAD');
  });

  it('a launcher without a program does not hang', async () => {
    const { run } = await read(oximeter([]), { launcher: nodeLauncher('/nonexistent/sandbox.mjs') });
    expect(run.error?.kind).toBe('DRIVER_CRASHED');
  });
});
