import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { DriverIndex, type LoadedDriver } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { BleProvider } from '@onebox/gateway/links/ble/provider.js';
import type { LinkProvider } from '@onebox/gateway/links/link.js';
import { SerialProvider } from '@onebox/gateway/links/serial/provider.js';
import type { ReadingChoices } from '@onebox/gateway/reading.js';
import type { Arguments } from './arguments.js';
import { applicationVersion } from './version.js';

/** What the links of a run are, and how practice devices are called. */
export interface Radios {
  readonly providers: readonly LinkProvider[];
  /** Device id for a practice name such as `icd`. */
  readonly practiceId: (key: string) => string | undefined;
  readonly stop: () => Promise<void>;
}

/** The radios and ports of this machine, or simulated ones. `--port` adds a port that the system does not list. */
export async function openRadios(args: Arguments): Promise<Radios> {
  if (args.flag('practice')) {
    const { startPracticeProviders } = await import('@onebox/simulation/practice/providers.js');
    const device = args.text('device');
    const { providers, world, stop } = await startPracticeProviders(device === undefined ? {} : { devices: [device] });
    return { providers, practiceId: (key) => world.devices.find((one) => one.key === key)?.sightingId, stop };
  }
  const port = args.text('port');
  const serial = new SerialProvider(port === undefined ? {} : { additionalPorts: () => [{ path: port }] });
  // One port is wanted: the radio need not be touched.
  const providers = port === undefined ? [new BleProvider(), serial] : [serial];
  return { providers, practiceId: () => undefined, stop: async () => undefined };
}

/** The store that the options name. Practice without `--data` and without a person gets one that is gone afterwards. */
function dataFolder(args: Arguments, keep: boolean): { readonly folder: string; readonly remove: () => void } {
  const named = args.text('data');
  if (named !== undefined) return { folder: named, remove: () => undefined };
  const practice = args.flag('practice');
  if (keep || !practice || args.text('person') !== undefined) return { folder: defaultDataFolder(practice), remove: () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'onebox-practice-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

export interface Engine {
  readonly gateway: Gateway;
  readonly radios: Radios;
  readonly drivers: DriverIndex;
  close(): Promise<void>;
}

/** The gateway of the app, in this process and without a window. `keep`: the practice store stays. */
export async function openEngine(args: Arguments, reading: ReadingChoices = {}, keep = false): Promise<Engine> {
  const store = dataFolder(args, keep);
  const drivers = DriverIndex.open();
  const radios = await openRadios(args);
  try {
    const gateway = await Gateway.open({
      dataFolder: store.folder,
      providers: radios.providers,
      drivers,
      launcher: nodeLauncher(),
      practice: args.flag('practice'),
      version: applicationVersion(),
      reading,
    });
    return {
      gateway,
      radios,
      drivers,
      close: async () => {
        await gateway.dispose();
        await radios.stop();
        store.remove();
      },
    };
  } catch (error) {
    await radios.stop();
    store.remove();
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
