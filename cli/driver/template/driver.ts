import { defineDriver } from '@onebox/driver-sdk/define.js';
import type { Device } from '@onebox/driver-sdk/device.js';
import { identity } from '@onebox/driver-sdk/findings.js';
import { measured, phase } from '@onebox/driver-sdk/parts/gatt-findings.js';
import { PacketLine } from '@onebox/driver-sdk/parts/packet-line.js';
import { mdc } from '@onebox/protocol/codes.js';
import type { Finding } from '@onebox/protocol/messages.js';
import manifest from './manifest.json' with { type: 'json' };
import { framing, type Packets, packets, parseNames } from './packets.js';

const SPO2 = mdc('MDC_PULS_OXIM_SAT_O2');
const PULSE_RATE = mdc('MDC_PULS_OXIM_PULS_RATE');
const BATTERY = mdc('MDC_ATTR_VAL_BATT_CHARGE');
/** Measurements after which the present values count as read. */
const ENOUGH = 5;
const HOUR = 3_600_000;

type Line = PacketLine<Packets>;
type Findings = AsyncGenerator<Finding, void, void>;

/** Critical facts first: who it is, its battery, then the values. */
export default defineDriver(manifest, async function* (device) {
  const line = await PacketLine.open(device, { framing, packets }, { channels: manifest.subscriptions });
  try {
    yield* phase(device, 'identity', () => names(line));
    yield* phase(device, 'critical', () => battery(line));
    yield* phase(device, 'present', () => values(device, line));
    while (device.live) yield* values(device, line);
  } finally {
    await line.close();
  }
});

async function* names(line: Line): Findings {
  const { fields } = await line.ask('identify', 'identity');
  yield identity({ ...parseNames(fields.names), manufacturer: manifest.vendor, deviceClass: 'pulse-oximeter' });
}

async function* battery(line: Line): Findings {
  const { fields, at } = await line.ask('status', 'status');
  yield measured(BATTERY, fields.batteryPercent, '%', { at, source: 'status', freshFor: HOUR }, { atMost: 100 });
}

/** Zeros, and what no body has, are no values. */
async function* values(device: Device, line: Line): Findings {
  let last: number | undefined;
  let read = 0;
  await device.request('start');
  while (read < ENOUGH) {
    const { fields, at } = await line.next('measurement');
    // A radio may deliver a packet twice.
    if (fields.counter === last) continue;
    last = fields.counter;
    read += 1;
    const details = { at, source: 'measurement' };
    yield measured(SPO2, fields.spo2, '%', details, { above: 0, atMost: 100 });
    yield measured(PULSE_RATE, fields.pulseRate, '{beats}/min', details, { above: 0, atMost: 300 });
  }
}
