import { defineDriver } from '@onebox/driver-sdk/define.js';
import type { Device } from '@onebox/driver-sdk/device.js';
import { code, coded, identity, phaseOf, progress } from '@onebox/driver-sdk/findings.js';
import { type LiveSource, LiveStream } from '@onebox/driver-sdk/parts/live-stream.js';
import { PacketLine } from '@onebox/driver-sdk/parts/packet-line.js';
import { StoredTracks } from '@onebox/driver-sdk/parts/stored-tracks.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import manifest from './manifest.json' with { type: 'json' };
import { framing, NORMAL_END, type Packets, packets, SAMPLES_PER_SECOND, storedPoints } from './packets.js';

/** Contec CMS50D+/CMS50E (protocol V7): live values and plethysmogram, then the recording if it is wanted. */

const SPO2 = { of: 'spo2', code: mdc('MDC_PULS_OXIM_SAT_O2'), unit: '%', above: 0, atMost: 100 } as const;
const PULSE_RATE = { of: 'pulseRate', code: mdc('MDC_PULS_OXIM_PULS_RATE'), unit: '{beats}/min', above: 0 } as const;
const PERFUSION = { of: 'perfusionIndexRaw', code: term('oximeter.perfusion-index-raw'), unit: '1' } as const;
const { SEVERITY_CHECK, SEVERITY_NOTE } = v1.Severity;

const LIVE: LiveSource<Packets, 'live'> = {
  kind: 'live',
  source: 'live packet 01',
  start: 'startLive',
  stop: 'stopLive',
  answerMs: 2_000,
  silenceMs: 5_000,
  perSecond: SAMPLES_PER_SECOND,
  packetBytes: 9,
  enough: 10,
  most: 45,
  values: [
    { ...SPO2, needed: true },
    { ...PULSE_RATE, needed: true },
    { of: 'signalStrength', code: term('oximeter.signal-quality'), unit: '1' },
    { ...PERFUSION, when: 'perfusionIndexValid' },
  ],
  states: [
    { of: 'probeError', code: term('oximeter.probe-error'), severity: SEVERITY_CHECK, doubtful: true },
    { of: 'searchingPulse', code: term('oximeter.searching'), severity: SEVERITY_NOTE, doubtful: true },
    { of: 'searchingTooLong', code: term('oximeter.searching-too-long'), severity: SEVERITY_CHECK, doubtful: true },
    { of: 'lowSpo2', code: term('oximeter.low-spo2'), severity: SEVERITY_CHECK },
  ],
  waves: [{ of: 'pleth', code: mdc('MDC_PULS_OXIM_PLETH'), unit: '1', unless: 'probeError' }],
  ended(message) {
    if (message.kind !== 'sessionEnd') return undefined;
    const { reason } = message.fields;
    if (reason <= NORMAL_END) return new OneBoxError('LINK_LOST', 'the device ended the live data');
    return new OneBoxError('LINK_REFUSED', 'the device ended the live data', { reason });
  },
};

/** One value per second, in strips of ten minutes. The device does not say when it was made. */
const RECORDING = {
  values: [SPO2, PULSE_RATE, PERFUSION],
  periodMs: 1_000,
  most: 600,
  source: 'stored packets 0F, 09',
};
/** The recording has ended when the device has sent nothing of it for this long. */
const RECORDING_END_MS = 2_000;
/** It stops when it hears nothing for about 5 s. */
const KEEP_ALIVE = { request: 'keepAlive', everyMs: 4_000 };

export default defineDriver(manifest, async function* (device) {
  const line = await PacketLine.open(device, { framing, packets }, { keepAlive: KEEP_ALIVE });
  const live = new LiveStream(device, line, LIVE);
  try {
    yield progress('identity', 'started');
    await live.start();
    // The protocol names no model and no serial number: this is what speaks it.
    yield identity({
      deviceClass: 'pulse-oximeter',
      type: mdc('MDC_DEV_SPEC_PROFILE_PULS_OXIM'),
      manufacturer: 'Contec',
      model: 'CMS50 (protocol V7)',
    });
    yield progress('identity', 'done');
    if (device.wants(phaseOf('critical')) || device.wants(phaseOf('present'))) yield* live.present();
    if (device.wants(phaseOf('memory'))) {
      yield* memory(device, line);
      if (device.live) await live.start();
    }
    while (device.live) yield* live.watch();
  } finally {
    await line.close();
  }
});

/** The recording of the first user, first segment. */
async function* memory(device: Device, line: PacketLine<Packets>): AsyncGenerator<Finding, void, void> {
  yield progress('memory', 'started');
  await device.request('stopLive');
  await device.request('startStored', { user: 0x80, segment: 0x80 });
  const tracks = new StoredTracks(RECORDING);
  let reason = 0;
  for await (const message of line.messages(['stored', 'storedPairs', 'sessionEnd'], RECORDING_END_MS)) {
    if (message.kind !== 'sessionEnd') {
      yield* tracks.push(storedPoints(message));
      continue;
    }
    reason = message.fields.reason;
    break;
  }
  yield* tracks.end();
  await device.request('stopStored');
  if (reason > NORMAL_END) {
    const value = code('urn:onebox:contec-cms50:session-end', reason);
    yield coded(term('oximeter.session-end'), value, { at: device.now(), source: 'packet 0D' });
  }
  yield progress('memory', 'done', { read: tracks.read });
}
