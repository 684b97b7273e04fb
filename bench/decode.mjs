import { decode } from './decode/run.mjs';
import { decodeSessions, SESSIONS } from './decode/sessions.mjs';
import { TRAFFIC } from './decode/traffic.mjs';
import { median, ratios } from './lib/statistics.mjs';

const PAIRS = 3;
const SESSIONS_OF_A_ROUND = 5;
const MEGA = 1e6;

/** Each driver over a long stream of the traffic of its recordings, in the sandbox and in plain Node. */
export async function measure() {
  const rows = [];
  for (const traffic of TRAFFIC) {
    const sandbox = [];
    const plain = [];
    await decode(traffic, Math.ceil(traffic.packets / 4), false); // warm-up
    for (let pair = 0; pair < PAIRS; pair += 1) {
      sandbox.push(await decode(traffic, traffic.packets, true));
      plain.push(await decode(traffic, traffic.packets, false));
    }
    const [{ link, linkBytesPerSecond }] = sandbox;
    const rates = sandbox.map(({ bytesPerSecond }) => bytesPerSecond);
    const unit = (list, key) => Math.round(median(list.map((one) => one[key])));
    rows.push({
      figure: `${traffic.name}: decoded, MB/s`,
      product: median(rates) / MEGA,
      baseline: median(plain.map(({ bytesPerSecond }) => bytesPerSecond)) / MEGA,
      ratios: ratios(
        rates,
        plain.map(({ bytesPerSecond }) => bytesPerSecond),
      ),
    });
    rows.push({
      figure: `${traffic.name}: times its link (${link}; ${unit(sandbox, 'packetsPerSecond')} packets/s, ${unit(sandbox, 'findingsPerSecond')} findings/s)`,
      product: median(rates) / MEGA,
      baseline: linkBytesPerSecond / MEGA,
      ratios: rates.map((rate) => rate / linkBytesPerSecond),
      atLeast: 10,
    });
  }
  for (const session of SESSIONS) rows.push(await sessionRow(session));
  return {
    title: 'Decoding in the sandbox',
    rows,
    notes: [
      'From the first packet to the last finding, checked by the host; the start of the process is not in it. Baseline of the first line of each driver: the same driver and the same checks in plain Node, without the sandbox. Baseline of the second: octets that its link can carry in a second.',
      'BLE links are counted as full as the virtual radio allows: every packet of the air taken by one notification of the size that the device sends. No vital-sign device sends a hundredth of that.',
      'A driver that answers (ASTM acknowledges each frame) takes its packets one by one, the others in batches, as the host hands them over when they queue.',
      `Rows that end in "by sessions" are whole recorded sessions with their questions and answers, ${SESSIONS_OF_A_ROUND} for each figure: what a driver that asks for each thing does with its link's waits left out.`,
    ],
  };
}

/** A driver that asks for each thing, over its recorded session. */
async function sessionRow(session) {
  const sandbox = [];
  const plain = [];
  await decodeSessions(session, 1, false); // warm-up
  for (let pair = 0; pair < PAIRS; pair += 1) {
    sandbox.push(await decodeSessions(session, SESSIONS_OF_A_ROUND, true));
    plain.push(await decodeSessions(session, SESSIONS_OF_A_ROUND, false));
  }
  const rates = (list) => list.map(({ bytesPerSecond }) => bytesPerSecond);
  const findings = Math.round(median(sandbox.map(({ findingsPerSecond }) => findingsPerSecond)));
  return {
    figure: `${session.driver}: decoded, MB/s (${sandbox[0].bytes} octets, ${findings} findings/s; by sessions)`,
    product: median(rates(sandbox)) / MEGA,
    baseline: median(rates(plain)) / MEGA,
    ratios: ratios(rates(sandbox), rates(plain)),
  };
}
