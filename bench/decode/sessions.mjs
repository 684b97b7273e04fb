import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { runDriver } from '@onebox/gateway/driver-host/host.js';
import { runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { parseRecording } from '@onebox/gateway/recordings/format.js';
import { Replay } from '@onebox/gateway/recordings/replay.js';

/**
 * Drivers that ask for each thing are measured by whole recorded sessions, one after the other: question, answer,
 * findings. Time is that of the recording and passes as fast as the driver works.
 */
const index = DriverIndex.open();
const PHASES = [1, 2, 3, 4, 5, 6, 7];

export const SESSIONS = [
  { driver: 'bluetooth-cgm', name: 'sensor' },
  { driver: 'bluetooth-insulin-delivery', name: 'pump' },
  { driver: 'dexcom-cgm', name: 'g7' },
  { driver: 'hl7-idco', name: 'mllp' },
  { driver: 'ieee11073-phd', name: 'oximeter-stream' },
  { driver: 'medtronic-minimed', name: 'suspended' },
  { driver: 'omnipod', name: 'running' },
  { driver: 'tandem-x2', name: 'pump' },
];

/** Octets and findings per second over `count` sessions, from the first octet of each to its last finding. */
export async function decodeSessions({ driver, name }, count, sandboxed) {
  const loaded = index.get(driver);
  const path = join(import.meta.dirname, `../../drivers/${driver}/recordings/${name}.obrec`);
  const recording = parseRecording(readFileSync(path, 'utf8'));
  const own = sandboxed ? undefined : (await import(`@onebox/drivers/${driver}/driver.js`)).default;
  const total = { seconds: 0, bytes: 0, findings: 0 };
  for (let session = 0; session < count; session += 1) {
    const replay = new Replay(recording);
    const watch = { started: undefined, ended: 0 };
    const options = {
      link: watched(replay.open(), watch, total),
      clock: replay.clock,
      phases: recording.header.phases ?? PHASES,
      live: recording.header.live ?? false,
      utcOffsetMinutes: recording.header.utcOffsetMinutes ?? 0,
      practice: true,
      authorised: true,
      onFinding: () => {
        total.findings += 1;
        watch.ended = performance.now();
      },
    };
    const { error } = own
      ? await runDriverInProcess({ ...options, driver: own, manifest: loaded.manifest })
      : await runDriver({ ...options, driver: loaded, launcher: nodeLauncher() });
    if (error) throw error;
    total.seconds += (watch.ended - watch.started) / 1000;
  }
  return {
    bytesPerSecond: total.bytes / total.seconds,
    findingsPerSecond: total.findings / total.seconds,
    bytes: Math.round(total.bytes / count),
  };
}

/** The link, with what comes over it counted. */
function watched(link, watch, total) {
  const came = (bytes) => {
    watch.started ??= performance.now();
    total.bytes += bytes.length;
  };
  return new Proxy(link, {
    get(target, key) {
      if (key === 'read')
        return async (...args) => {
          const bytes = await target.read(...args);
          came(bytes);
          return bytes;
        };
      if (key === 'subscribe')
        return (channel, listener, ...rest) =>
          target.subscribe(
            channel,
            (packet) => {
              came(packet.bytes);
              return listener(packet);
            },
            ...rest,
          );
      const value = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}
