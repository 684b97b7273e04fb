import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { runDriver } from '@onebox/gateway/driver-host/host.js';
import { runDriverInProcess } from '@onebox/gateway/driver-host/in-process.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { FeedLink } from './feed-link.mjs';

const index = DriverIndex.open();
const ENDLESS = 1e12;
const PHASES = [1, 2, 3, 4, 5, 6, 7];

/**
 * Runs a driver over traffic, in the sandbox or in this process: octets and packets per second, from the first packet
 * to the last finding. The budget of the manifest is lifted, because no device sends as much.
 */
export async function decode({ driver, make }, packets, sandboxed) {
  const loaded = index.get(driver);
  const traffic = make(packets);
  const link = new FeedLink(traffic);
  const budget = {
    ...loaded.manifest.budget,
    bytesIn: ENDLESS,
    bytesOut: ENDLESS,
    findings: ENDLESS,
    radioSeconds: ENDLESS,
  };
  const manifest = { ...loaded.manifest, budget };
  const options = {
    link,
    clock: link.clock,
    signal: link.signal,
    phases: traffic.phases ?? PHASES,
    live: traffic.live ?? false,
    utcOffsetMinutes: 0,
    practice: true,
    onFinding: () => link.found(),
    onTrace: (text) => console.error(text),
  };
  const run = sandboxed
    ? await runDriver({
        ...options,
        driver: { ...loaded, manifest, code: () => loaded.code() },
        launcher: nodeLauncher(),
      })
    : await runDriverInProcess({
        ...options,
        driver: (await import(`@onebox/drivers/${driver}/driver.js`)).default,
        manifest,
      });
  if (run.error && !(traffic.endless && link.signal.aborted)) throw run.error;
  if (link.packetsIn < packets || link.findings < packets / 1000 || run.statistics.findingsRefused > 0)
    throw new Error(
      `${driver}: ${link.packetsIn} of ${packets} packets, ${link.findings} findings, ${run.statistics.findingsRefused} refused`,
    );
  const seconds = ((link.endedAt ?? link.lastFinding) - link.startedAt) / 1000;
  return {
    seconds,
    bytesPerSecond: link.bytesIn / seconds,
    packetsPerSecond: link.packetsIn / seconds,
    findingsPerSecond: link.findings / seconds,
    linkBytesPerSecond: traffic.bytesPerSecond,
    link: traffic.link,
  };
}
