import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PinVault } from '@onebox/gateway/access/pin-vault.js';
import { AuditLog } from '@onebox/gateway/audit/log.js';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Disk } from '@onebox/gateway/files/disk.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import { openStore, storeFolders } from '@onebox/gateway/store.js';
import { startPracticeWorld } from '@onebox/simulation/practice/world.js';
import { AttMeter } from './lib/att-meter.mjs';
import { median, ratios } from './lib/statistics.mjs';

const PIN = '271828';
const WRONG_PIN = '314159';
const FACTOR = { kind: 'pin', pin: PIN };
const ROUNDS = 7;
const OPENINGS = 15;
const CHECKS = 15;
const LIMIT_MS = 500;
const FEW = 1_000;
const MANY = 100_000;
const AT_ONCE = 200;
/** Between two records of a tablet in use: 100,000 of them are a week. */
const STEP_MS = 7_000;

/** What a person waits for between the PIN and the device, and what an old log costs at the start. */
export async function measure() {
  const folder = await mkdtemp(join(tmpdir(), 'onebox-bench-access-'));
  try {
    const glass = await glassToLink(join(folder, 'tablet'));
    const opened = await openings(folder);
    const limit = Array.from({ length: ROUNDS }, () => LIMIT_MS);
    const row = (figure, product, baseline, more) => ({
      figure,
      product: median(product),
      baseline: median(baseline),
      ratios: ratios(product, baseline),
      ...more,
    });
    return {
      title: 'Access and store',
      rows: [
        row('from the PIN to a list of devices that scans, ms', glass.unlocks, limit, { atMost: 1 }),
        row('from reason and PIN to the first byte on the link, without the PIN, ms', glass.bytes, limit, {
          atMost: 1,
        }),
        row('the same to the first question of the driver, ms', glass.questions, limit),
        row('the check of a wrong PIN; baseline: of the right one, ms', glass.wrong, glass.right, { atMost: 1.25 }),
        row(`opening a store with ${MANY} records against ${FEW}, ms`, opened.many, opened.few, { atMost: 1.5 }),
      ],
      notes: [
        `The engine without a window, ${ROUNDS} rounds; the baseline of the first two is the limit of ${LIMIT_MS} ms. The window adds what \`start\` shows.`,
        `A check of the PIN costs ${median(glass.factors).toFixed(0)} ms (argon2id) and is taken off the two rows after it. Their link is the practice ICD over the virtual radio, its connection interval 30 ms. The first byte is the first of the attribute protocol: the records that must be durable before, the wait for an advertisement and connecting are in it. Before the driver may ask, its channels are discovered, in a dozen rounds of the link, while its sandbox starts.`,
        `The records of the two stores are ${STEP_MS / 1000} s apart, as those of a tablet in use; opening reads the newest segments alone. Each is opened and closed in turn, ${OPENINGS} times.`,
      ],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function glassToLink(dataFolder) {
  const practice = await startPracticeWorld({ devices: ['icd'], rssiSwing: 0 });
  const meter = new AttMeter();
  const radio = new BleProvider({ hciSocket: () => meter.watch(practice.ble.hciSocket()) });
  let asked = () => undefined;
  const gateway = await openGateway(dataFolder, [watched(radio, () => asked())]);
  try {
    const personId = await enrol(gateway);
    const vault = await PinVault.load({ folder: storeFolders(dataFolder).vault, files: new Disk() });
    const times = { unlocks: [], factors: [], bytes: [], questions: [], ...(await pinChecks(vault, personId)) };
    for (let round = -1; round < ROUNDS; round += 1) {
      await gateway.call('lock');
      const unlock = await timed(async () => {
        await gateway.call('unlock', { personId, factor: FACTOR });
        await gateway.call('startScan');
      });
      const { id: deviceId } = await heard(gateway);
      const factor = await timed(() => vault.check(personId, PIN));
      const started = performance.now();
      const since = (listen) => new Promise((resolve) => listen(() => resolve(performance.now() - started)));
      const byte = since((heard) => {
        meter.onSent = heard;
      });
      const question = since((heard) => {
        asked = heard;
      });
      const { accessId } = await gateway.call('breakGlass', { deviceId, reason: 'unresponsive', factor: FACTOR });
      const [toByte, toQuestion] = await Promise.all([byte, question]);
      await gateway.call('close', { accessId });
      // The first round loads the code.
      if (round < 0) continue;
      times.unlocks.push(unlock);
      times.factors.push(factor);
      times.bytes.push(toByte - factor);
      times.questions.push(toQuestion - factor);
    }
    return times;
  } finally {
    await gateway.dispose();
    await radio.dispose();
    await practice.stop();
  }
}

/** Whoever guesses learns nothing from how long the answer takes. */
async function pinChecks(vault, personId) {
  const right = [];
  const wrong = [];
  for (let round = 0; round < CHECKS; round += 1) {
    right.push(await timed(() => vault.check(personId, PIN)));
    wrong.push(await timed(() => vault.check(personId, WRONG_PIN)));
  }
  return { right, wrong };
}

/** Two stores that differ in the length of their logs, opened in turn. */
async function openings(folder) {
  const paths = { few: join(folder, 'few'), many: join(folder, 'many') };
  for (const [name, records] of [
    ['few', FEW],
    ['many', MANY],
  ]) {
    const gateway = await openGateway(paths[name], []);
    await enrol(gateway);
    await gateway.dispose();
    await fill(paths[name], records);
  }
  const times = { few: [], many: [] };
  for (let round = -1; round < OPENINGS; round += 1)
    for (const name of ['few', 'many']) {
      let store;
      const time = await timed(async () => {
        store = await openStore(paths[name]);
      });
      await store.close();
      if (round >= 0) times[name].push(time);
    }
  return times;
}

/** As `records` records of many days would leave it. */
async function fill(dataFolder, records) {
  const { audit, vault } = storeFolders(dataFolder);
  let now = 1_000;
  const clock = { unixMs: () => Date.UTC(2026, 0, 1) + now, monotonicMs: () => now, uptimeMs: () => now };
  const log = await AuditLog.open({ folder: audit, keptFolder: vault, clock });
  const append = () => {
    now += STEP_MS;
    return log.append('phaseRead', { accessId: 'a'.repeat(32), numbers: { phase: 1, items: 20, bytesReceived: 1234 } });
  };
  while (log.size < records) await Promise.all(Array.from({ length: AT_ONCE }, append));
  await log.close();
}

function openGateway(dataFolder, providers) {
  const drivers = DriverIndex.open();
  return Gateway.open({ dataFolder, providers, drivers, launcher: nodeLauncher(), practice: true, version: 'bench' });
}

async function enrol(gateway) {
  const { person } = await gateway.call('enrol', { displayName: 'Bench', role: 'responder', pin: PIN });
  return person.id;
}

async function heard(gateway) {
  for (;;) {
    const { devices } = await gateway.call('startScan');
    const icd = devices.find(({ deviceClass }) => deviceClass === 'icd');
    if (icd) return icd;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The provider as it is; `sent` is told when the first thing is asked of one of its links. */
function watched(provider, sent) {
  const asks = new Set(['read', 'write', 'subscribe']);
  const of = (target, changed) =>
    new Proxy(target, {
      get(object, name) {
        const value = changed(name) ?? object[name];
        return typeof value === 'function' ? value.bind(object) : value;
      },
    });
  return of(provider, (name) => {
    if (name !== 'open') return undefined;
    return async (...args) => {
      const link = await provider.open(...args);
      return of(link, (asked) => {
        if (!asks.has(asked)) return undefined;
        sent();
        return undefined;
      });
    };
  });
}

async function timed(work) {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
