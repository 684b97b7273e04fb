import type { Driver } from '@onebox/driver-sdk/define.js';
import type { SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import { type InProcessOptions, runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { DirectDevice } from '@onebox/simulation/direct/direct-device.js';
import { ALL_PHASES, manifestOf } from './read-simulator.js';

/** Runs a driver of ours against a simulated device on a line without a terminal between them. */
export async function readBridge(driver: Driver, simulator: SerialSimulator, options: Partial<InProcessOptions> = {}) {
  const device = await DirectDevice.serial(simulator);
  const link = await device.open();
  const findings: Finding[] = [];
  const traces: string[] = [];
  const run = await runDriverInProcess({
    driver,
    manifest: manifestOf(driver.id),
    link,
    phases: ALL_PHASES,
    practice: true,
    onFinding: (finding) => void findings.push(finding),
    onTrace: (trace) => void traces.push(trace),
    ...options,
  });
  await link.close();
  await device.stop();
  return { run, findings, traces };
}
