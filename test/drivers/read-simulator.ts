import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Driver } from '@onebox/driver-sdk/define.js';
import { readManifest } from '@onebox/driver-sdk/manifest.js';
import type { BleSimulator } from '@onebox/driver-sdk/simulator.js';
import { type InProcessOptions, runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import { type Finding, type Observation, Phase } from '@onebox/protocol/messages.js';
import { DirectDevice } from '@onebox/simulation/direct/direct-device.js';

export const ALL_PHASES = [1, 2, 3, 4, 5, 6, 7] as readonly Phase[];

export function manifestOf(id: string) {
  const file = join(import.meta.dirname, '../../drivers', id, 'manifest.json');
  return readManifest(readFileSync(file, 'utf8'), file);
}

/** Runs a driver of ours against a simulated device, and gathers what it said. */
export async function readSimulator(driver: Driver, simulator: BleSimulator, options: Partial<InProcessOptions> = {}) {
  const device = await DirectDevice.ble(simulator);
  const link = await device.open();
  const findings: Finding[] = [];
  const traces: string[] = [];
  const run = await runDriverInProcess({
    driver,
    manifest: manifestOf(driver.id),
    link,
    phases: ALL_PHASES,
    onFinding: (finding) => void findings.push(finding),
    onTrace: (trace) => void traces.push(trace),
    ...options,
  });
  await link.close();
  await device.stop();
  return { run, link, findings, traces };
}

/** Measured values of one code, by its MDC number or our term. */
export function observationsOf(findings: readonly Finding[], code: string | number): readonly Observation[] {
  return findings.flatMap(({ observation, statistic }) => {
    const body = observation ?? statistic;
    return body && body.code?.coding?.[0]?.code === String(code) ? [body] : [];
  });
}

/** `94` or `36.90` as the number that it is, for comparisons in tests. */
export function numberOf(observation: Observation | undefined): number {
  const value = observation?.numeric?.value;
  return value ? Number(`${value.coefficient}e${value.exponent ?? 0}`) : Number.NaN;
}

export function progressOf(findings: readonly Finding[]): readonly string[] {
  return findings.flatMap(({ progress }) =>
    progress ? [`${(Phase[progress.phase ?? 0] ?? '').slice(6).toLowerCase()} ${progress.state}`] : [],
  );
}
