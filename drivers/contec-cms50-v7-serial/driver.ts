import { defineDriver } from '@onebox/driver-sdk/define.js';
import type { Device } from '@onebox/driver-sdk/device.js';
import { code, coded, phaseOf, progress } from '@onebox/driver-sdk/findings.js';
import { term } from '@onebox/protocol/codes.js';
import type { Finding } from '@onebox/protocol/messages.js';
import { oximeter, StatusAlerts, secondFindings, storedFindings } from './findings.js';
import { Line } from './line.js';
import type { LiveSecond } from './live-second.js';
import manifest from './manifest.json' with { type: 'json' };
import type { StoredPoint } from './storage.js';

/** Contec CMS50D+/CMS50E (protocol V7): live values and plethysmogram, then the recording if it is wanted. */

const FIRST_ANSWER_MS = 2_000;
/** Seconds with valid values after which the present values count as read. */
const VALID_SECONDS = 10;
/** Seconds after which they count as read although the device finds no pulse: that is what it says then. */
const MAX_SECONDS = 45;
/** The recording has ended when the device has sent nothing for this long. */
const STORED_END_MS = 2_000;
/** Points of one finding: ten minutes. */
const STORED_CHUNK = 600;

export default defineDriver(manifest, async function* (device) {
  const line = new Line(device, await device.packets('line'));
  const alerts = new StatusAlerts();
  try {
    yield progress('identity', 'started');
    await start(device, line);
    yield oximeter();
    yield progress('identity', 'done');
    if (device.wants(phaseOf('critical')) || device.wants(phaseOf('present'))) yield* present(device, line, alerts);
    if (device.wants(phaseOf('memory'))) {
      yield* memory(device, line);
      if (device.live) await start(device, line);
    }
    while (device.live) yield* watch(device, line, alerts);
  } finally {
    await line.close();
  }
});

/** Starts the live stream; a device that was left in another state gets one more try. */
async function start(device: Device, line: Line): Promise<void> {
  await device.request('startLive');
  if (await line.answered(FIRST_ANSWER_MS)) return;
  await device.request('stopLive');
  await device.request('startLive');
  if (await line.answered(FIRST_ANSWER_MS)) return;
  throw line.silent('no live data after two starts');
}

/** P1 and P2: what state the device is in, then values until enough of them are valid. */
async function* present(device: Device, line: Line, alerts: StatusAlerts): AsyncGenerator<Finding, void, void> {
  yield progress('critical', 'started');
  let second = await line.second();
  yield* alerts.update(second);
  yield progress('critical', 'done');
  yield progress('present', 'started', { expected: VALID_SECONDS });
  let valid = 0;
  for (let count = 1; ; count += 1) {
    yield* secondFindings(second);
    if (isValid(second)) valid += 1;
    if (valid >= VALID_SECONDS || count >= MAX_SECONDS) break;
    second = await line.second();
    yield* alerts.update(second);
  }
  yield* line.quality(device.now());
  yield progress('present', 'done', { read: valid, expected: VALID_SECONDS });
}

/** Ten further seconds for a user who goes on watching. */
async function* watch(device: Device, line: Line, alerts: StatusAlerts): AsyncGenerator<Finding, void, void> {
  for (let count = 0; count < VALID_SECONDS; count += 1) {
    const second = await line.second();
    yield* alerts.update(second);
    yield* secondFindings(second);
  }
  yield* line.quality(device.now());
}

function isValid(second: LiveSecond): boolean {
  return second.spo2 !== undefined && second.pulseRate !== undefined && !second.searchingPulse && !second.probeError;
}

/** The recording of the first user, first segment: points at one per second. */
async function* memory(device: Device, line: Line): AsyncGenerator<Finding, void, void> {
  yield progress('memory', 'started');
  await device.request('stopLive');
  await device.request('startStored', { user: 0x80, segment: 0x80 });
  let chunk: StoredPoint[] = [];
  let order = 0;
  let read = 0;
  for (;;) {
    const points = await line.stored(STORED_END_MS);
    if (points === undefined) break;
    chunk.push(...points);
    read += points.length;
    if (chunk.length < STORED_CHUNK) continue;
    order += 1;
    yield* storedFindings(chunk, order);
    chunk = [];
  }
  if (chunk.length > 0) yield* storedFindings(chunk, order + 1);
  await device.request('stopStored');
  if (line.endReason !== undefined && line.endReason > 1) yield endOfSession(line.endReason, device.now());
  yield progress('memory', 'done', { read });
}

function endOfSession(reason: number, at: number): Finding {
  const value = code('urn:onebox:contec-cms50:session-end', reason);
  return coded(term('oximeter.session-end'), value, { at, source: 'packet 0D' });
}
