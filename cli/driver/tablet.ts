import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import { Gateway } from '@onebox/gateway/gateway.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from '../arguments.js';
import type { Output } from '../output.js';
import { unlock } from '../person.js';
import { PERSON_OPTIONS } from '../second-factor.js';
import { applicationVersion } from '../version.js';

/** Options that say which device manager it is. */
export const MANAGER_OPTIONS = PERSON_OPTIONS;

/**
 * Changes the drivers of a tablet: opens its store, without radios. Once people are enrolled only a device manager
 * may, with a PIN. Throws FORBIDDEN, FACTOR_WRONG, STORE_BUSY while the app is open.
 */
export async function changeDrivers<T>(
  args: Arguments,
  output: Output,
  change: (packages: Gateway['packages']) => Promise<T>,
): Promise<T> {
  const practice = args.flag('practice');
  const gateway = await Gateway.open({
    dataFolder: args.text('data') ?? defaultDataFolder(practice),
    providers: [],
    drivers: DriverIndex.open(),
    launcher: nodeLauncher(),
    practice,
    developer: args.flag('developer'),
    version: applicationVersion(),
  });
  try {
    if ((await gateway.call('status')).stage !== 'first-run') {
      await unlock(gateway, args, output);
      const { person } = await gateway.call('status');
      if (person?.role !== 'device-manager') throw new OneBoxError('FORBIDDEN');
    }
    return await change(gateway.packages);
  } finally {
    await gateway.dispose();
  }
}
