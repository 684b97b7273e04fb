import {
  FAULTS,
  type FaultName,
  type SimulatedDriver,
  type SimulatorMaker,
} from '@onebox/driver-sdk/simulated/faults.js';
import { glucoseMeterSimulator } from '@onebox/drivers/astm-lis-serial/simulator.js';
import { PracticeGlucoseMeter } from '@onebox/drivers/ble-glucose-racp/simulator.js';
import { PracticeGlucoseSensor } from '@onebox/drivers/bluetooth-cgm/simulator.js';
import { PracticeInsulinPump } from '@onebox/drivers/bluetooth-insulin-delivery/simulator.js';
import { oximeterAgent } from '@onebox/drivers/ieee11073-phd/simulator.js';
import { PracticeTandemPump } from '@onebox/drivers/tandem-x2/simulator.js';
import { DEFAULT_PHASES } from '@onebox/gateway/interrogation/phases.js';
import type { Phase } from '@onebox/protocol/messages.js';

/** Which device of each driver is recorded with each fault, and how much of it: recordings are kept small. */

/** The first phases: what a long memory would add is the same again. */
const FIRST: readonly Phase[] = DEFAULT_PHASES.slice(0, 2);

interface Small {
  /** Key of the simulated device; the driver's first when not given. */
  readonly key?: string;
  /** The same device with little memory. */
  readonly device?: SimulatorMaker;
  readonly phases?: readonly Phase[];
}

const SMALL: Readonly<Record<string, Small>> = {
  'astm-lis-serial': {
    device: { transport: 'serial', make: (options) => glucoseMeterSimulator({ ...options, results: 4 }) },
  },
  'ble-glucose-racp': {
    device: { transport: 'ble', make: (options) => new PracticeGlucoseMeter({ ...options, records: 6 }) },
  },
  'bluetooth-cgm': {
    device: { transport: 'ble', make: (options) => new PracticeGlucoseSensor({ ...options, age: 30 }) },
  },
  'bluetooth-insulin-delivery': {
    device: { transport: 'ble', make: (options) => new PracticeInsulinPump({ ...options, days: 1 }) },
  },
  'hl7-idco': { phases: FIRST },
  'ieee11073-phd': {
    // No report at the moment at which the driver ends the stream, no new try when it gives an answer up.
    device: {
      transport: 'serial',
      make: (options) => oximeterAgent({ ...options, reportMs: 3_000, againMs: 4_500 }),
    },
  },
  'medtronic-minimed': { phases: FIRST },
  'onebox-native': { key: 'pump', phases: FIRST },
  'tandem-x2': {
    device: { transport: 'ble', make: (options) => new PracticeTandemPump({ ...options, historyHours: 1 }) },
  },
};

/** The device of a driver that is recorded, and the phases that are read of it. */
export function recordedDevice(id: string, { devices }: SimulatedDriver): [SimulatorMaker, readonly Phase[]] {
  const { key = Object.keys(devices)[0]!, device = devices[key]!, phases = DEFAULT_PHASES } = SMALL[id] ?? {};
  return [device, phases];
}

/** Faults that no recording can show, as nothing of them crosses the link. */
const NOWHERE: Readonly<Record<SimulatorMaker['transport'], Readonly<Partial<Record<FaultName, string>>>>> = {
  ble: {
    'two-alike': 'the two are told apart in the list of devices, before there is a link',
  },
  serial: {
    'two-alike': 'the two are told apart in the list of devices, before there is a link',
    'refuses-pairing': 'lines do not pair',
    'hostile-name': 'the name of a port is in the list of devices, not on the line',
  },
};

/** Faults of one driver that would be long in a recording, and are shown by another one. */
const SHOWN_ELSEWHERE: Readonly<Record<string, Readonly<Partial<Record<FaultName, string>>>>> = {
  'contec-cms50-v7-serial': { 'never-measured': 'as not-a-number: 45 s of packets without a value' },
};

/** Faults of which there is a recording: of all but those that the tables above and the driver's simulator name. */
export function recordedFaults(id: string, simulated: SimulatedDriver): readonly FaultName[] {
  const [{ transport }] = recordedDevice(id, simulated);
  const none = { ...simulated.without, ...NOWHERE[transport], ...SHOWN_ELSEWHERE[id] };
  return FAULTS.filter((fault) => !(fault in none));
}
