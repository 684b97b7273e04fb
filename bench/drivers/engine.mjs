import { DriverIndex } from '@onebox/gateway/driver-host/driver-index.js';
import { nodeLauncher } from '@onebox/gateway/driver-host/launcher.js';
import { Gateway } from '@onebox/gateway/gateway.js';

// Opens the engine on a store with the drivers of a folder, and says when it is open and what stays in memory.
const [, , dataFolder, bundles] = process.argv;
const before = performance.now();
const gateway = await Gateway.open({
  dataFolder,
  providers: [],
  drivers: DriverIndex.open(bundles),
  launcher: nodeLauncher(),
  practice: true,
  version: 'bench',
});
const opened = performance.now();
process.send({ total: opened, open: opened - before, drivers: gateway.packages.drivers.all.length });
await gateway.dispose();
