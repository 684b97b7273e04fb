import type { Finding } from '@onebox/protocol/messages.js';
import { describe, expect, it } from 'vitest';
import { type DriverRun, type HostEvent, runDriver } from './host.js';
import { nodeLauncher, type SandboxProcess } from './launcher.js';
import type { Limits } from './limits.js';
import { hostileDriver, testManifest } from './testing/bundle.js';
import { MemoryLink } from './testing/memory-link.js';

/** A busy machine gets at what a driver is stopped for. */
const UNHURRIED: Partial<Limits> = { turnMs: 8000, turnGraceMs: 4000 };
/** For drivers that only their time stops. */
const SHORT: Partial<Limits> = { turnMs: 500, turnGraceMs: 1000 };

/** Runs a hostile driver, and watches whether this process goes on answering and whether the other one ends. */
async function contain(name: string, changes: Parameters<typeof testManifest>[0] = {}, limits = UNHURRIED) {
  const manifest = testManifest(changes);
  const link = new MemoryLink({
    channels: [{ id: '2A19' }, { id: '2A29' }, { id: '2A52' }, { id: '2A5F' }],
    values: { '2A19': Uint8Array.of(90) },
  });
  const findings: Finding[] = [];
  const events: HostEvent[] = [];
  const traces: string[] = [];
  const processes: SandboxProcess[] = [];
  const node = nodeLauncher();
  const launch = () => {
    const process = node.launch();
    processes.push(process);
    return process;
  };
  let delay = 0;
  let last = performance.now();
  const pulse = setInterval(() => {
    delay = Math.max(delay, performance.now() - last - 20);
    last = performance.now();
  }, 20);
  const driver = await hostileDriver(name, manifest);
  last = performance.now();
  const run: DriverRun = await runDriver({
    driver,
    link,
    launcher: { launch },
    phases: [1, 2, 3],
    onFinding: (finding) => void findings.push(finding),
    onEvent: (event) => void events.push(event),
    onTrace: (text) => void traces.push(text),
    limits,
  });
  clearInterval(pulse);
  await Promise.all(processes.map((process) => process.exited));
  // The requests of the end of the session went out whatever happened.
  expect(link.log.at(-1)).toBe('2A52 ff');
  expect(delay).toBeLessThan(1000);
  return { run, findings, events, traces, link };
}

const HONEST = 2;

describe('a hostile driver is stopped, and what it found before is kept', () => {
  it.each([
    ['endless-loop', 'DRIVER_TIMEOUT'],
    ['endless-jobs', 'DRIVER_TIMEOUT'],
    ['slow-builtin', 'DRIVER_TIMEOUT'],
    // It catches what it gets for each of its wishes.
    ['endless-strings', 'DRIVER_MEMORY'],
    ['endless-allocation', 'DRIVER_MEMORY'],
    ['deep-recursion', 'DRIVER_CRASHED'],
    ['recursion-in-native', 'DRIVER_CRASHED'],
    ['regex-bomb', 'DRIVER_TIMEOUT'],
    ['million-calls', 'DRIVER_FLOOD'],
    ['many-calls', 'DRIVER_FLOOD'],
    ['giant-finding', 'DRIVER_FLOOD'],
    ['foreign-request', 'DRIVER_FORBIDDEN'],
    ['prototype-request', 'DRIVER_FORBIDDEN'],
    ['wrong-hole', 'DRIVER_FORBIDDEN'],
    ['hole-out-of-range', 'DRIVER_FORBIDDEN'],
    ['extra-parameter', 'DRIVER_FORBIDDEN'],
    ['foreign-read', 'DRIVER_FORBIDDEN'],
    ['foreign-subscription', 'DRIVER_FORBIDDEN'],
    ['silent-stall', 'DRIVER_TIMEOUT'],
    ['throwing-getters', 'DRIVER_CRASHED'],
    ['crash', 'DRIVER_CRASHED'],
  ])('%s: %s', async (name, kind) => {
    const { run, findings, events, link } = await contain(name, {}, kind === 'DRIVER_TIMEOUT' ? SHORT : UNHURRIED);
    expect(run.end).toBe('error');
    expect(run.error?.kind).toBe(kind);
    expect(events).toContainEqual({ kind: 'killed', error: run.error });
    expect(findings).toHaveLength(HONEST);
    // Nothing but the end of the session was ever sent.
    expect(link.log).toEqual(['2A52 ff']);
  });

  it.each(['loop-after-findings', 'hang-after-findings'])('%s: not one of them is lost', async (name) => {
    const { run, findings } = await contain(name, {}, SHORT);
    expect(run.error?.kind).toBe('DRIVER_TIMEOUT');
    expect(findings).toHaveLength(HONEST + 20);
  });

  it.each([
    ['raw/broken-bytes', undefined],
    ['raw/wrong-lengths', 'DRIVER_FORBIDDEN'],
    ['raw/unknown-call', 'DRIVER_FORBIDDEN'],
    ['raw/send-flood', 'DRIVER_FLOOD'],
    ['raw/send-nonsense', 'DRIVER_CRASHED'],
    ['syntax error', 'DRIVER_LOAD'],
    ['raw/forged-answer', 'DRIVER_FLOOD'],
  ])('%s: %s', async (name, kind) => {
    const { run, findings, link } = await contain(name);
    expect(run.error?.kind).toBe(kind);
    expect(findings).toHaveLength(0);
    expect(link.log).toEqual(['2A52 ff']);
  });

  it('a million findings: the budget counts them', async () => {
    const { run, findings, events } = await contain('million-findings');
    expect(run.error?.kind).toBe('DRIVER_FLOOD');
    expect(findings).toHaveLength(1000);
    expect(events.map((event) => event.kind)).toEqual(['budget', 'request', 'killed']);
  });

  it('broken bytes: each is left out and named', async () => {
    const { run, events } = await contain('raw/broken-bytes');
    expect(run.statistics.findingsRefused).toBe(4);
    expect(events.filter((event) => event.kind === 'finding-refused')).toHaveLength(4);
  });

  it('a finding without a unit is left out, the next one is taken', async () => {
    const { run, findings, events } = await contain('no-unit');
    expect(run.end).toBe('done');
    expect(findings).toHaveLength(HONEST + 1);
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: 'finding-refused',
        error: expect.objectContaining({ detail: 'observation.numeric.unit required' }),
      }),
    );
  });

  it('forged stamps are overwritten', async () => {
    const { findings } = await contain('forged-stamps');
    expect(findings.map((finding) => finding.sequence)).toEqual([1, 2, 3]);
    expect(findings[2]!.receivedUnixMs).toBeGreaterThan(1_600_000_000_000);
  });

  it('too many bytes sent: the budget ends it', async () => {
    const { run, events, link } = await contain('too-many-bytes');
    expect(run.error?.kind).toBe('DRIVER_BUDGET');
    // 100 bytes of 2 each, and the end of the session.
    expect(link.log).toHaveLength(51);
    expect(events).toContainEqual(expect.objectContaining({ kind: 'budget', what: 'bytes-out' }));
  });

  it('sleeping for ever: the stall limit ends it', async () => {
    const { budget } = testManifest();
    const { run, findings } = await contain('endless-sleep', { budget: { ...budget, stallSeconds: 1 } });
    expect(run.error?.kind).toBe('DRIVER_TIMEOUT');
    expect(findings).toHaveLength(HONEST);
  });

  it('games with prototypes reach nothing that the manifest does not allow', async () => {
    const { run, link } = await contain('prototype-games');
    expect(run.end).toBe('error');
    expect(link.log).toEqual(['2A52 ff']);
  });

  it('words of a driver do not become words of ours', async () => {
    const { run, events } = await contain('forged-error');
    expect(run.error?.kind).toBe('DRIVER_CRASHED');
    expect(JSON.stringify([run, events])).not.toContain('Jane');
  });

  it('sees nothing of the machine around it, and no clock but ours', async () => {
    const { run, findings } = await contain('escape');
    expect(run.error).toBeUndefined();
    expect(findings.map((finding) => finding.observation?.text).slice(HONEST)).toEqual([
      'seen: ',
      'clock: true true true',
    ]);
  });
});
