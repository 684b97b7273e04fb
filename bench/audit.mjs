import { mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuditLog } from '@onebox/gateway/audit/log.js';
import { verifyAudit } from '@onebox/gateway/audit/verify.js';
import { median, quantile, ratios } from './lib/statistics.mjs';

const PAIRS = 10;
const APPENDS = 400;
const RECORDS = 100_000;
const AT_ONCE = 200;
const FIELDS = {
  accessId: 'a'.repeat(32),
  sessionId: 'b'.repeat(32),
  device: new Uint8Array(16).fill(1),
  person: new Uint8Array(16).fill(2),
  numbers: { phase: 1, items: 20, bytesReceived: 1234 },
};

/** Durable appends, one after the other, against appending as many octets and fdatasync on the same disk. */
export async function measure() {
  const folder = await mkdtemp(join(tmpdir(), 'onebox-bench-audit-'));
  const options = { folder: join(folder, 'log'), keptFolder: join(folder, 'kept') };
  try {
    const log = await AuditLog.open(options);
    const bare = await open(join(folder, 'bare'), 'a');
    const append = () => log.append('phaseRead', FIELDS);
    await timeEach(append);
    // All that the log wrote for these records, its checkpoints included.
    const bytes = new Uint8Array(Math.round((await size(options.folder)) / APPENDS));
    const write = async () => {
      await bare.write(bytes);
      await bare.datasync();
    };
    await timeEach(write);
    const product = [];
    const baseline = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      baseline.push(await timeEach(write));
      product.push(await timeEach(append));
    }
    await bare.close();
    while (log.size < RECORDS) await Promise.all(Array.from({ length: AT_ONCE }, append));
    await log.close();
    const started = performance.now();
    const verified = await verifyAudit(options.folder);
    const verifySeconds = (performance.now() - started) / 1000;
    if (!verified.intact) throw new Error('the log is not intact');
    const rate = (rounds) => rounds.map((times) => (1000 * times.length) / times.reduce((sum, time) => sum + time, 0));
    const p99 = (rounds) =>
      rounds.map((times) =>
        quantile(
          [...times].sort((a, b) => a - b),
          0.99,
        ),
      );
    return {
      title: 'Audit log',
      rows: [
        row(`durable append of ${bytes.length} octets, records/s`, rate(product), rate(baseline), { atLeast: 0.7 }),
        row(
          'slowest hundredth of them (p99), ms, against the baseline and 1 ms',
          p99(product),
          p99(baseline).map((time) => time + 1),
          { atMost: 1 },
        ),
        row(`verification of ${RECORDS} records, s, against 5 s`, [verifySeconds], [5], { atMost: 1 }),
      ],
      notes: [
        `Baseline: the same number of octets by \`write\` and \`fdatasync\` of Node, ${PAIRS} alternating rounds of ${APPENDS}.`,
        `Verification of ${verified.entries} records with ${verified.checkpoints} checkpoints: ${verifySeconds.toFixed(1)} s, ${Math.round(verified.entries / verifySeconds)} records/s.`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function row(figure, product, baseline, limit) {
  return { figure, product: median(product), baseline: median(baseline), ratios: ratios(product, baseline), ...limit };
}

async function timeEach(act) {
  const times = [];
  for (let count = 0; count < APPENDS; count += 1) {
    const start = performance.now();
    await act();
    times.push(performance.now() - start);
  }
  return times;
}

async function size(folder) {
  const names = await readdir(folder);
  const sizes = await Promise.all(names.map(async (name) => (await stat(join(folder, name))).size));
  return sizes.reduce((sum, one) => sum + one, 0);
}
