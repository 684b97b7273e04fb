import { join } from 'node:path';
import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import type { LookedAt } from '@onebox/gateway/driver-packages/look.js';
import { defaultDataFolder } from '@onebox/gateway/files/data-folder.js';
import type { Arguments } from './arguments.js';
import { applicationVersion } from './version.js';

/** The store that the options name. */
export const dataFolder = (args: Arguments): string => args.text('data') ?? defaultDataFolder(args.flag('practice'));

/**
 * The drivers that `read` would have with these options, packages and those of developer mode included. The store is
 * only looked at: the app may be open. Throws DRIVER_LOAD without a build.
 */
export async function installedDrivers(args: Arguments): Promise<LookedAt> {
  const { lookAtDrivers } = await import('@onebox/gateway/driver-packages/look.js');
  return lookAtDrivers({
    folder: join(dataFolder(args), 'drivers'),
    builtIn: DriverIndex.open(),
    launcher: nodeLauncher(),
    applicationVersion: applicationVersion(),
    developer: args.flag('developer'),
  });
}
