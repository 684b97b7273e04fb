import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { badgeReaderOf } from '@onebox/gateway/access/badge/named.js';
import { Pkcs11Tool } from '@onebox/gateway/access/smart-card/pkcs11-tool.js';
import { DriverIndex, type LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import type { LinkProvider } from '@onebox/gateway/links/link.js';
import { SerialProvider } from '@onebox/gateway/links/serial/provider.js';
import type { ReadingChoices } from '@onebox/gateway/reading.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from './arguments.js';
import { UsageError } from './exit-codes.js';
import { applicationVersion } from './version.js';

/** What the links of a run are, and how practice devices are called. */
export interface Radios {
  readonly providers: readonly LinkProvider[];
  /** Device id and driver for a practice name such as `icd`. */
  readonly practiceDevice: (key: string) => { readonly id: string; readonly driver?: string } | undefined;
  readonly stop: () => Promise<void>;
}

/** For what reads no device. */
export const NO_RADIOS: Radios = { providers: [], practiceDevice: () => undefined, stop: async () => undefined };

/** The radios and ports of this machine, or simulated ones. `--port` adds a port that the system does not list. */
export async function openRadios(args: Arguments): Promise<Radios> {
  const port = args.text('port');
  if (args.flag('practice')) {
    if (port !== undefined) throw new UsageError('--port is a real one: with --practice name a --device.');
    const { startPracticeProviders } = await import('@onebox/simulation/practice/providers.js');
    const device = args.text('device');
    const { providers, world, stop } = await startPracticeProviders(device === undefined ? {} : { devices: [device] });
    return {
      providers,
      stop,
      practiceDevice: (key) => {
        const found = world.devices.find((one) => one.key === key);
        if (!found && world.serialError) throw world.serialError;
        return found && { id: found.sightingId, ...(found.driver ? { driver: found.driver } : {}) };
      },
    };
  }
  const serial = new SerialProvider({
    taken: args.text('badge-port'),
    ...(port === undefined ? {} : { additionalPorts: () => [{ path: port }] }),
  });
  // One port is wanted: the radio need not be touched.
  const providers = port === undefined ? [new BleProvider(), serial] : [serial];
  return { providers, practiceDevice: () => undefined, stop: async () => undefined };
}

interface StoreFolder {
  readonly folder: string;
  /** Gone afterwards. */
  readonly passing: boolean;
}

/** The store that the options name. Practice without `--data` and without a person gets one that is gone afterwards. */
function storeFolder(args: Arguments, keep: boolean): StoreFolder {
  const practice = args.flag('practice');
  const named = args.text('data');
  const passing = practice && !keep && named === undefined && args.text('person') === undefined;
  return {
    folder: passing ? mkdtempSync(join(tmpdir(), 'onebox-practice-')) : (named ?? defaultDataFolder(practice)),
    passing,
  };
}

function removeIfPassing({ folder, passing }: StoreFolder): void {
  if (passing) rmSync(folder, { recursive: true, force: true });
}

export interface Engine {
  readonly gateway: Gateway;
  readonly radios: Radios;
  readonly drivers: DriverIndex;
  /** The store is gone afterwards, and nobody is enrolled in it. */
  readonly passing: boolean;
  close(): Promise<void>;
}

/** The gateway of the app, in this process and without a window. `keep`: the practice store stays; `given`: no other radios. */
export async function openEngine(
  args: Arguments,
  reading: ReadingChoices = {},
  keep = false,
  given?: Radios,
): Promise<Engine> {
  const radios = given ?? (await openRadios(args));
  const store = storeFolder(args, keep);
  try {
    const gateway = await Gateway.open({
      dataFolder: store.folder,
      providers: radios.providers,
      drivers: DriverIndex.open(),
      launcher: nodeLauncher(),
      practice: args.flag('practice'),
      developer: args.flag('developer'),
      version: applicationVersion(),
      smartCards: new Pkcs11Tool({ module: args.text('smart-card') }),
      badgeReader: badgeReaderOf(args.text('badge-port'), args.flag('practice')),
      reading,
    });
    return {
      gateway,
      radios,
      drivers: gateway.packages.drivers,
      passing: store.passing,
      close: async () => {
        try {
          await gateway.dispose();
        } finally {
          await radios.stop();
          removeIfPassing(store);
        }
      },
    };
  } catch (error) {
    await radios.stop();
    removeIfPassing(store);
    throw error;
  }
}

/** A driver by its id, or by the beginning of an id that only one driver has. Throws DRIVER_UNKNOWN, DRIVER_AMBIGUOUS. */
export function findDriver(drivers: DriverIndex, name: string): LoadedDriver {
  const exact = drivers.all.find(({ manifest }) => manifest.id === name);
  const found = exact ? [exact] : drivers.all.filter(({ manifest }) => manifest.id.startsWith(name));
  const [first, second] = found;
  if (!first) throw new OneBoxError('DRIVER_UNKNOWN', name);
  if (second) throw new OneBoxError('DRIVER_AMBIGUOUS', found.map(({ manifest }) => manifest.id).join(', '));
  return first;
}
