import type { Driver } from '@onebox/driver-sdk/define.js';
import type { SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import { type InProcessOptions, runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import type { Link } from '@onebox/gateway/links/link.js';
import { SerialProvider } from '@onebox/gateway/links/serial/provider.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { startSerialSimulator } from '@onebox/simulation/serial/pty.js';
import { ALL_PHASES, manifestOf } from './read-simulator.js';

export interface SerialReadOptions extends Partial<Omit<InProcessOptions, 'link'>> {
  /** Puts something between the link and the driver, e.g. a recorder. */
  readonly around?: (link: Link) => Promise<Link>;
  /** The link is closed when this holds, or after 5 s: the device must have time to hear the last bytes. */
  readonly heard?: () => boolean;
}

/** Runs a driver of ours against a simulated device on a real pseudo terminal, and gathers what it said. */
export async function readSerial(
  driver: Driver,
  simulator: SerialSimulator,
  { around, heard = () => true, ...options }: SerialReadOptions = {},
) {
  const running = await startSerialSimulator(simulator);
  const provider = new SerialProvider({ list: async () => [], additionalPorts: () => [running.port] });
  try {
    const { line } = simulator;
    const opened = await provider.open(`serial:${running.port.path}`, { deadlineMs: 5_000, line });
    const link = around === undefined ? opened : await around(opened);
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
    // Closing a pseudo terminal drops what its other end has not read yet.
    for (let tries = 0; tries < 250 && !heard(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
    await link.close();
    return { run, findings, traces };
  } finally {
    await provider.dispose();
    await running.close();
  }
}
