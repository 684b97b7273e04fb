import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { Cms50Simulator } from '@onebox/drivers/contec-cms50-v7-serial/simulator.js';
import { analyserSimulator, glucoseMeterSimulator } from '@onebox/drivers/astm-lis-serial/simulator.js';
import { driverFromCode } from '@onebox/gateway/driver-host/driver-index.js';
import { runDriver } from '@onebox/gateway/driver-host/host.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { SerialProvider } from '@onebox/gateway/links/serial/provider.js';
import { fileSink, Recorder } from '@onebox/gateway/recordings/recorder.js';
import { startSerialSimulator } from '@onebox/simulation/serial/pty.js';
import { expect, it } from 'vitest';
// @ts-ignore
import { bundleDriver } from '../../scripts/build/drivers.mjs';
import { manifestOf } from './read-simulator.js';

const root = join(import.meta.dirname, '../..');
const RUNS = [
  ['contec-cms50-v7-serial', 'search-then-live', () => new Cms50Simulator({ seed: 7, searchSeconds: 3 }), [1, 2, 3, 7]],
  ['contec-cms50-v7-serial', 'bad-line', () => new Cms50Simulator({ seed: 8, searchSeconds: 1, faults: { flippedBits: 0.08, lostBytes: 0.005 } }), [1, 2, 3]],
  ['contec-cms50-v7-serial', 'no-answer', () => new Cms50Simulator({ seed: 9, faults: { silent: true } }), [1, 2, 3]],
  ['astm-lis-serial', 'glucose-meter', () => glucoseMeterSimulator({ seed: 7, startMs: 300, againMs: 60000 }), [1, 3, 4, 5]],
  ['astm-lis-serial', 'damaged-frame-and-lost-ack', () => analyserSimulator({ seed: 8, startMs: 300, againMs: 60000, framing: 'record', faults: { wrongChecksum: { frame: 4 }, lostAck: 6 } }), [1, 3, 4, 5]],
  ['astm-lis-serial', 'ends-in-mid-message', () => analyserSimulator({ seed: 9, startMs: 300, againMs: 60000, framing: 'chunks', faults: { endBefore: 2 } }), [1, 3, 4, 5]],
] as const;

it.concurrent.each(RUNS)('%s %s', async (id, name, make, phases) => {
  const manifest = manifestOf(id);
  const driver = driverFromCode(manifest, await bundleDriver(join(root, 'drivers', id, 'driver.ts')));
  const simulator = make();
  const running = await startSerialSimulator(simulator);
  const provider = new SerialProvider({ list: async () => [], additionalPorts: () => [running.port] });
  const opened = await provider.open(`serial:${running.port.path}`, { deadlineMs: 5000, line: simulator.line });
  const file = join(root, 'drivers', id, 'recordings', `${name}.obrec`);
  rmSync(file, { force: true });
  const recorder = new Recorder({ sink: fileSink(file), driver: { id, version: manifest.version }, practice: true, identifying: manifest.identifying, mask: false, line: simulator.line });
  const link = await recorder.record(opened, { deadlineMs: 5000 });
  let count = 0;
  const traces: string[] = [];
  const run = await runDriver({ driver, link, launcher: nodeLauncher(), phases, practice: true, utcOffsetMinutes: 0, onFinding: () => void (count += 1), onTrace: (t) => void traces.push(t) });
  await link.close();
  await recorder.finish();
  await provider.dispose();
  await running.close();
  console.log(id, name, count, run.end, run.error?.kind, run.statistics, traces);
  expect(traces).toEqual([]);
}, 120_000);
