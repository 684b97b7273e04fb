import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runChild } from './lib/children.mjs';
import { manyBundles } from './lib/many-drivers.mjs';
import { median, ratios } from './lib/statistics.mjs';

const PAIRS = 11;
const FEW = 10;
const MANY = 500;
const engine = join(import.meta.dirname, 'drivers/engine.mjs');

/** Starts the engine without a window, with 10 and with 500 drivers in the index, in turn. */
export async function measure() {
  const folder = await mkdtemp(join(tmpdir(), 'onebox-bench-drivers-'));
  try {
    const open = (count) =>
      runChild(engine, [join(folder, `store-${count}`), manyBundles(join(folder, String(count)), count)]);
    const [many, few] = [[], []];
    for (let pair = -1; pair < PAIRS; pair += 1) {
      const [small, large] = [await open(FEW), await open(MANY)];
      if (small.drivers !== FEW || large.drivers !== MANY)
        throw new Error(`${small.drivers} and ${large.drivers} drivers`);
      if (pair < 0) continue; // makes both stores
      few.push(small);
      many.push(large);
    }
    const row = (figure, of, limit) => ({
      figure,
      product: median(many.map(of)),
      baseline: median(few.map(of)),
      ratios: ratios(many.map(of), few.map(of)),
      ...limit,
    });
    return {
      title: 'Start with many drivers',
      rows: [
        row(`start of the engine with ${MANY} drivers; baseline: with ${FEW}, ms`, ({ total }) => total, {
          atMost: 1.2,
        }),
        row('of it: index, store and matcher, ms', ({ open: one }) => one),
      ],
      notes: [
        'From the start of the process to an open gateway: modules, index of the drivers, store with its audit log, matcher. No program of a driver is read before a device is; the index holds manifests that the build has checked.',
        `Each start is a process of its own; ${PAIRS} pairs.`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
