import type { BleSimulator, SerialSimulator } from '@onebox/driver-sdk/simulator.js';
import type { BleProviderOptions } from '@onebox/gateway/links/ble/provider.js';
import type { SerialProviderOptions } from '@onebox/gateway/links/serial/provider.js';
import { OneBoxError, toOneBoxError } from '@onebox/protocol/errors.js';
import { type RunningSimulator, startSimulator } from '../radio/peripheral.js';
import { AIR, Radio, type RadioOptions } from '../radio/radio.js';
import { VirtualAdapter } from '../radio/virtual-adapter.js';
import { type RunningSerialSimulator, startSerialSimulator } from '../serial/pty.js';
import { BLE_DEVICES, type BlePlan, SERIAL_DEVICES, type SerialPlan, TWIN } from './devices.js';
import { PracticeFaults } from './faults.js';

export interface PracticeOptions {
  /** Timing of the air; a connection interval of 30 ms and real advertising intervals if not given. */
  readonly radio?: RadioOptions;
  /** Keys of the devices to start; all but the second ICD if not given. */
  readonly devices?: readonly string[];
  /** A second ICD beside the first. */
  readonly twin?: boolean;
  /** Changes the signal strength by at most so many dB every two seconds; 3 if not given, 0 for a still air. */
  readonly rssiSwing?: number;
}

export interface PracticeDevice {
  readonly key: string;
  readonly transport: 'ble' | 'serial';
  /** Id under which the link providers see it. */
  readonly sightingId: string;
  /** Driver that reads it; undefined where there is none. */
  readonly driver?: string;
}

/** Simulated devices around the tablet: the radio and the ports are virtual, everything above them is real. */
export interface PracticeWorld {
  /** For `new BleProvider(world.ble)`. */
  readonly ble: Pick<BleProviderOptions, 'hciSocket'>;
  /** For `new SerialProvider(world.serial)`: the simulated ports, and none of this machine. */
  readonly serial: Pick<SerialProviderOptions, 'additionalPorts' | 'list'>;
  readonly devices: readonly PracticeDevice[];
  /** Why the serial devices are missing, where this machine cannot make pseudo terminals. */
  readonly serialError: OneBoxError | undefined;
  readonly faults: PracticeFaults;
  stop(): Promise<void>;
}

export interface BleStation {
  readonly plan: BlePlan;
  readonly simulator: BleSimulator;
  readonly running: RunningSimulator;
  readonly controller: ReturnType<Radio['attach']>;
}

export interface SerialStation {
  readonly plan: SerialPlan;
  readonly simulator: SerialSimulator;
  readonly running: RunningSerialSimulator;
}

/** Addresses of the simulated devices: stable, so that a device is known again. */
const address = (index: number): string => `00:aa:01:0b:0e:${(index + 1).toString(16).padStart(2, '0')}`;

/** Starts the practice world. PRACTICE_UNAVAILABLE when the radio cannot be made here; INPUT_INVALID for an unknown key. */
export async function startPracticeWorld(options: PracticeOptions = {}): Promise<PracticeWorld> {
  const { devices, twin = false, rssiSwing = 3 } = options;
  const known = [...BLE_DEVICES, TWIN, ...SERIAL_DEVICES].map(({ key }) => key);
  const stranger = devices?.find((key) => !known.includes(key));
  if (stranger !== undefined) throw new OneBoxError('INPUT_INVALID', `practice device ${stranger}`);
  const wanted = ({ key }: { readonly key: string }) => (devices ? devices.includes(key) : key !== TWIN.key || twin);

  const radio = new Radio({ ...AIR, ...options.radio });
  const adapter = new VirtualAdapter(() => radio.attach());
  const plans = [...BLE_DEVICES, TWIN].map((plan, index) => ({ plan, index })).filter(({ plan }) => wanted(plan));
  let stations: readonly BleStation[];
  try {
    stations = await Promise.all(plans.map(({ plan, index }) => startBle(radio, plan, address(index))));
  } catch (cause) {
    throw new OneBoxError('PRACTICE_UNAVAILABLE', 'radio', {}, { cause });
  }
  const ports = await startPorts(SERIAL_DEVICES.filter(wanted));
  const sway = swayingAir(radio, stations, rssiSwing);
  return {
    ble: { hciSocket: adapter.hciSocket },
    serial: {
      additionalPorts: () =>
        ports.stations.filter(({ running }) => running.pty.plugged).map(({ running }) => running.port),
      list: async () => [],
    },
    devices: [
      ...stations.map((station, index) => bleDevice(station, plans[index]?.index ?? 0)),
      ...ports.stations.map(serialDevice),
    ],
    serialError: ports.error,
    faults: new PracticeFaults(radio, adapter, stations, ports.stations),
    async stop() {
      clearInterval(sway);
      adapter.state = 'absent';
      await Promise.all([...stations, ...ports.stations].map(({ running }) => running.close()));
    },
  };
}

async function startBle(radio: Radio, plan: BlePlan, at: string): Promise<BleStation> {
  const controller = radio.attach(at);
  radio.setRssi(controller, plan.rssi);
  const simulator = plan.make();
  return { plan, simulator, controller, running: await startSimulator(controller, simulator) };
}

/** Without pseudo terminals the radio is still worth practising with. */
async function startPorts(
  plans: readonly SerialPlan[],
): Promise<{ stations: readonly SerialStation[]; error: OneBoxError | undefined }> {
  const stations: SerialStation[] = [];
  try {
    for (const plan of plans) {
      const simulator = plan.make();
      stations.push({ plan, simulator, running: await startSerialSimulator(simulator) });
    }
  } catch (cause) {
    return { stations, error: toOneBoxError(cause, 'PRACTICE_UNAVAILABLE') };
  }
  return { stations, error: undefined };
}

function bleDevice({ plan: { key, driver } }: BleStation, index: number): PracticeDevice {
  return { key, transport: 'ble', sightingId: `ble:${address(index)}`, ...(driver ? { driver } : {}) };
}

function serialDevice({ plan: { key, driver }, running }: SerialStation): PracticeDevice {
  return { key, transport: 'serial', sightingId: `serial:${running.port.path}`, driver };
}

/** People move: the signal of each device wanders a little, each in its own time. */
function swayingAir(radio: Radio, stations: readonly BleStation[], swing: number): NodeJS.Timeout | undefined {
  if (swing <= 0) return undefined;
  let tick = 0;
  const timer = setInterval(() => {
    tick += 1;
    for (const [index, { controller, plan }] of stations.entries())
      radio.setRssi(controller, Math.round(plan.rssi + swing * Math.sin(tick * 0.9 + index * 1.7)));
  }, 2000);
  timer.unref();
  return timer;
}
