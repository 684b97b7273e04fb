import { defineDriver } from '@onebox/driver-sdk/define.js';
import type { Device } from '@onebox/driver-sdk/device.js';
import { absent, identity, observation } from '@onebox/driver-sdk/findings.js';
import { phase } from '@onebox/driver-sdk/parts/gatt-findings.js';
import { mdc } from '@onebox/protocol/codes.js';
import type { Code, Finding } from '@onebox/protocol/messages.js';
import { Conversation } from './conversation.js';
import { FRAME } from './frames.js';
import manifest from './manifest.json' with { type: 'json' };
import { type Measurement, parseMeasurement, parseNames, parseStatus, type Reading } from './messages.js';

const SPO2 = mdc('MDC_PULS_OXIM_SAT_O2');
const PULSE_RATE = mdc('MDC_PULS_OXIM_PULS_RATE');
const BATTERY = mdc('MDC_ATTR_VAL_BATT_CHARGE');
/** Measurements after which the present values count as read. */
const ENOUGH = 5;
const HOUR = 3_600_000;

/** Critical facts first: who it is, its battery, then the values. */
export default defineDriver(manifest, async function* (device) {
  const conversation = await Conversation.begin(device, manifest.subscriptions);
  try {
    yield* phase(device, 'identity', () => names(conversation));
    yield* phase(device, 'critical', () => battery(device, conversation));
    yield* phase(device, 'present', () => values(device, conversation, ENOUGH));
    while (device.live) yield* values(device, conversation, ENOUGH);
  } finally {
    // The link may be gone by now; what ended the program counts.
    await conversation.end().catch(() => undefined);
  }
});

async function* names(conversation: Conversation): AsyncGenerator<Finding, void, void> {
  const found = await conversation.ask('identify', FRAME.identity, parseNames);
  yield identity({ ...found, manufacturer: manifest.vendor, deviceClass: 'pulse-oximeter' });
}

async function* battery(device: Device, conversation: Conversation): AsyncGenerator<Finding, void, void> {
  const { batteryPercent } = await conversation.ask('status', FRAME.status, parseStatus);
  yield observation(BATTERY, batteryPercent, '%', { at: device.now(), source: 'status', freshFor: HOUR });
}

async function* values(device: Device, conversation: Conversation, count: number): AsyncGenerator<Finding, void, void> {
  let last: Measurement | undefined;
  let read = 0;
  await device.request('start');
  while (read < count) {
    const { content, at } = await conversation.next(FRAME.measurement, parseMeasurement);
    // A radio may deliver a packet twice.
    if (content.counter === last?.counter) continue;
    last = content;
    read += 1;
    yield value(SPO2, content.spo2, '%', at);
    yield value(PULSE_RATE, content.pulseRate, '{beats}/min', at);
  }
}

function value(what: Code, reading: Reading, unit: string, at: number): Finding {
  const details = { at, source: 'measurement' };
  return typeof reading === 'number' ? observation(what, reading, unit, details) : absent(what, reading, details);
}
