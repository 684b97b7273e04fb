import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AIR } from '@onebox/simulation/radio/radio.js';
import { runChild, startChild } from './lib/children.mjs';
import { median, ratios } from './lib/statistics.mjs';

const PAIRS = 5;
/** P5: what is read unless the user asks for the whole memory. */
const LAST_PHASE = 6;
const script = (name) => join(import.meta.dirname, 'icd', `${name}.mjs`);

/** One practice ICD over the virtual radio, by the whole engine and by a bare noble script, each in a process of its own. */
export async function measure() {
  const folder = await mkdtemp(join(tmpdir(), 'onebox-bench-icd-'));
  const path = join(folder, 'air');
  const air = startChild(script('air'), [path]);
  try {
    await air.message();
    const product = [];
    const bare = [];
    const run = async (pair) => {
      const read = await runChild(script('product'), [path, join(folder, `store-${pair}`)]);
      return { read, script: await runChild(script('bare'), [path, String(read.cardAt), String(LAST_PHASE)]) };
    };
    await run('warm-up'); // the device's own program is slow at its first answer
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const { read, script: baseline } = await run(pair);
      product.push(read);
      bare.push(baseline);
    }
    const milliseconds = (runs, until) => runs.map(({ marks }) => marks[until].at - marks.connect.at);
    const bytes = (runs) => runs.map(({ marks }) => marks.episodes.bytes);
    const packets = (runs) => runs.map(({ marks }) => marks.episodes.packets);
    const row = (figure, of, limit) => ({
      figure,
      product: median(of(product)),
      baseline: median(of(bare)),
      ratios: ratios(of(product), of(bare)),
      ...limit,
    });
    const { filled, tiles } = product[0];
    return {
      title: 'Reading the practice ICD over the virtual radio',
      rows: [
        row('from connect to the complete card, ms', (runs) => milliseconds(runs, 'card'), { atMost: 1.25 }),
        row('from connect to the end of P5, ms', (runs) => milliseconds(runs, 'episodes'), { atMost: 1.25 }),
        row('octets of the attribute protocol to the end of P5, both ways', bytes, { atMost: 1.25 }),
        row('packets of the attribute protocol to the end of P5, both ways', packets),
      ],
      notes: [
        `Connection interval ${AIR.connectionIntervalMs} ms, ${AIR.packetsPerEvent} packets of ${AIR.aclLength} octets per event and direction; the device advertises every 20 ms, so that the wait for it is small. The air is a process of its own.`,
        'Product: the engine without a window (store, write-ahead audit, sandbox process, sealed records, card), until the event that carries the card. Baseline: noble as it comes connects, discovers the one service, subscribes, sends the same requests and takes the same answers; its card counts as complete with the message that completes ours.',
        `The card is complete when all ${tiles} tiles show what they show at the end; for this patient ${filled} have a value, the MR label is not known to the device.`,
        'The product asks for an MTU of 247, which fills one packet of the air, noble for 256, which takes two: that is why it may be faster than the baseline.',
      ],
    };
  } finally {
    await air.end();
    await rm(folder, { recursive: true, force: true });
  }
}
