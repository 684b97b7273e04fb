import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { electronArguments, findElectron } from '../scripts/setup/electron.mjs';
import { ElectronWindow } from './electron/window.mjs';
import { openDisplay } from './lib/display.mjs';
import { proportionalMemory } from './lib/memory.mjs';
import { median, ratios } from './lib/statistics.mjs';

// One start differs from the next by a fifth: fewer pairs tell by chance on which side of a limit they are.
const PAIRS = 31;
/** Memory hardly differs, and is asked of the first ones only: it takes until all has settled. */
const MEMORY_PAIRS = 9;
const SETTLE_MS = 2_000;
const PIN = '271828';
const root = join(import.meta.dirname, '..');
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Starts the practice mode of the app with a store that knows one person, and a blank window, in turn. */
export async function measure() {
  const binary = findElectron();
  const display = binary && (await openDisplay());
  if (!display)
    return { title: TITLE, rows: [], notes: [`Not measured: ${binary ? 'no display' : 'no Electron'} here.`] };
  const folder = await mkdtemp(join(tmpdir(), 'onebox-bench-start-'));
  try {
    const store = join(folder, 'store');
    await enrol(store);
    const open = (app, ...args) =>
      ElectronWindow.open({ binary, args: [...electronArguments(), app, ...args], env: display.env });
    const blank = (settles) =>
      openBlank(settles, () => open(join(import.meta.dirname, 'electron/blank'), '--data', join(folder, 'blank')));
    const product = (settles) =>
      openProduct(settles, () => open(root, '--practice', '--practice-devices', 'icd', '--data', store));
    await blank(false); // both have their profile and their files in memory afterwards
    await product(false);
    const bare = [];
    const own = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      bare.push(await blank(pair < MEMORY_PAIRS));
      own.push(await product(pair < MEMORY_PAIRS));
    }
    return report(own, bare);
  } finally {
    await display.close();
    await rm(folder, { recursive: true, force: true });
  }
}

const TITLE = 'Start and memory of the application';

function report(own, bare) {
  const paints = bare.map(({ painted }) => painted);
  const row = (figure, product, baseline, limit) => ({
    figure,
    product: median(product),
    baseline: median(baseline),
    ratios: ratios(product, baseline),
    ...limit,
  });
  const unlock = own.map(({ devices, lock }) => devices - lock);
  const mebibytes = (starts) => starts.slice(0, MEMORY_PAIRS).map(({ memory }) => memory.mebibytes);
  return {
    title: TITLE,
    rows: [
      row(
        'cold start to a usable Devices screen, ms',
        own.map(({ devices }) => devices),
        paints,
        { atMost: 1.6 },
      ),
      row(
        'of it: to the lock screen that takes a PIN, ms',
        own.map(({ lock }) => lock),
        paints,
      ),
      row('of it: from the last digit, the check of the PIN included, ms', unlock, paints),
      row(
        'the same against the limit of 500 ms',
        unlock,
        own.map(() => 500),
        { atMost: 1 },
      ),
      row(
        'until the first device is on it, which advertises four times a second, ms',
        own.map(({ first }) => first),
        paints,
      ),
      row('proportional memory (PSS) without a driver, MiB', mebibytes(own), mebibytes(bare), { atMost: 1.6 }),
    ],
    notes: [
      'Product: from starting Electron in practice mode with one simulated device (each one runs in this process and is no part of the product on a tablet) until the lock screen has been painted and takes a PIN, and from the last digit of the PIN until the Devices screen has been painted and scans. What a person needs to enter it is not in the sum; checking it is. Baseline: from starting Electron until a blank window of the same size and protections has painted.',
      `Both with a profile that exists, on a virtual display where there is no other; times are taken in the page. Median of ${PAIRS} pairs, of memory of the first ${MEMORY_PAIRS}.`,
      `Memory: all processes of the tree (${own[0].memory.processes} against ${bare[0].memory.processes}) ${SETTLE_MS / 1000} s later, scanning, with the simulated device inside. Other Electron processes on the machine would share pages and lower both.`,
    ],
  };
}

async function enrol(dataFolder) {
  const gateway = await Gateway.open({
    dataFolder,
    providers: [],
    drivers: DriverIndex.open(),
    launcher: nodeLauncher(),
    practice: true,
    version: 'bench',
  });
  await gateway.call('enrol', { displayName: 'Bench', role: 'responder', pin: PIN });
  await gateway.dispose();
}

async function settledMemory(window) {
  await pause(SETTLE_MS);
  return proportionalMemory(window.pid);
}

async function openBlank(settles, open) {
  const window = await open();
  try {
    const painted = await window.firstPaint();
    return { painted, memory: settles ? await settledMemory(window) : undefined };
  } finally {
    await window.close();
  }
}

async function openProduct(settles, open) {
  const window = await open();
  try {
    const lock = await window.shown('.lock .pin-pad button:not([disabled])');
    const entered = await window.enterPin(PIN);
    const [screen, row] = await Promise.all([window.shown('.devices-frame'), window.shown('.device-row')]);
    const devices = lock + screen - entered;
    const first = lock + row - entered;
    return { lock, devices, first, memory: settles ? await settledMemory(window) : undefined };
  } finally {
    await window.close();
  }
}
