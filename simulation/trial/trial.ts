import {
  CONTENT_FAULTS,
  type ContentFault,
  type FaultName,
  type LinkFault,
  type SimulatorMaker,
} from '@onebox/driver-sdk/simulated/faults.js';
import { FaultyBleSimulator, FaultySerialSimulator } from '@onebox/driver-sdk/simulated/link-faults.js';
import type { BleSimulator, SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import type { LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import type { ProcessLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { RequestEncoder } from '@onebox/gateway/driver-host/requests.js';
import { DEFAULT_PHASES } from '@onebox/gateway/interrogation/phases.js';
import { InterrogationSession, type SessionState } from '@onebox/gateway/interrogation/session.js';
import type { Link } from '@onebox/gateway/links/link.js';
import type { OneBoxError } from '@onebox/protocol/errors.js';
import { type Interrogation, type Phase, v1 } from '@onebox/protocol/messages.js';
import { DirectDevice } from '../direct/direct-device.js';
import type { DirectLink } from '../direct/direct-link.js';

export interface TrialOptions {
  readonly driver: LoadedDriver;
  readonly launcher: ProcessLauncher;
  readonly device: SimulatorMaker;
  readonly fault?: FaultName;
  readonly seed?: number;
  readonly phases?: readonly Phase[];
  /** Puts something between the link and the driver, e.g. a recorder. */
  readonly around?: (link: Link) => Promise<Link>;
}

/** How a read of a simulated device went. */
export interface Trial {
  readonly state: SessionState;
  readonly error: OneBoxError | undefined;
  readonly document: Interrogation;
  /** On every link that was up at its end, the requests of the end of the session were the last that was sent. */
  readonly endedProperly: boolean;
  readonly milliseconds: number;
}

/** Reads a simulated device that has a fault, or none, through session and sandbox, on a link without radio. */
export async function tryDriver(options: TrialOptions): Promise<Trial> {
  const { driver, launcher, phases = DEFAULT_PHASES, around = async (link: Link) => link } = options;
  const device = await startFaulty(options.device, options);
  const links: { readonly link: DirectLink; lost: boolean }[] = [];
  const started = performance.now();
  try {
    const session = new InterrogationSession({
      driver,
      transport: options.device.transport,
      openLink: async () => {
        const link = await device.open();
        const entry = { link, lost: false };
        links.push(entry);
        void link.ended.then(({ error }) => {
          entry.lost = error !== undefined;
        });
        return around(link);
      },
      phases,
      live: false,
      purpose: v1.PurposeOfUse.PURPOSE_OF_USE_HTEST,
      practice: true,
      services: [],
      launcher,
      applicationVersion: '0.0.0',
      retryAfterMs: [10],
      observer: { finding: () => undefined, event: () => undefined, changed: () => undefined },
    });
    const document = await session.run();
    await new Promise<void>((resolve) => setImmediate(resolve));
    return {
      state: session.state,
      error: session.error,
      document,
      endedProperly: links.every(({ link, lost }) => lost || saidGoodbye(driver, link)),
      milliseconds: performance.now() - started,
    };
  } finally {
    await device.stop();
  }
}

/** A simulated device that has a fault, or none, without radio or wire. */
export function startFaulty(
  device: SimulatorMaker,
  { fault, seed = 1 }: Pick<TrialOptions, 'fault' | 'seed'>,
): Promise<DirectDevice> {
  const content = fault && isContentFault(fault) ? fault : undefined;
  const link = fault && !isContentFault(fault) ? fault : undefined;
  const settings = { seed, ...(content ? { fault: content } : {}) };
  if (device.transport === 'ble') return DirectDevice.ble(faultyBle(device.make(settings), link));
  return DirectDevice.serial(faultySerial(device.make(settings), link));
}

const faultyBle = (simulator: BleSimulator, fault: LinkFault | undefined): BleSimulator =>
  fault ? new FaultyBleSimulator(simulator, fault) : simulator;

const faultySerial = (simulator: SerialSimulator, fault: LinkFault | undefined): SerialSimulator =>
  fault ? new FaultySerialSimulator(simulator, fault) : simulator;

function isContentFault(fault: FaultName): fault is ContentFault {
  return (CONTENT_FAULTS as readonly string[]).includes(fault);
}

/** What was written last is what the manifest wants at the end. */
function saidGoodbye({ manifest }: LoadedDriver, link: DirectLink): boolean {
  const encoder = new RequestEncoder(manifest);
  const goodbyes = manifest.endOfSession.filter(
    ({ request }) => (manifest.requests[request]?.channel === 'line') === (link.transport === 'serial'),
  );
  const last = goodbyes.flatMap(({ request, parameters }) => {
    const { channel, writes } = encoder.encode(request, parameters, link.maxWrite);
    return writes.map((bytes) => `${channel} ${Buffer.from(bytes).toString('hex')}`);
  });
  const written = link.written.slice(-last.length);
  // Where the host numbers its messages, only the place and the size are the same.
  const numbered = goodbyes.some(({ request }) => 'message' in (manifest.requests[request] ?? {}));
  return last.every((line, index) => {
    const sent = written[index];
    return numbered ? sent?.split(' ')[0] === line.split(' ')[0] : sent === line;
  });
}
