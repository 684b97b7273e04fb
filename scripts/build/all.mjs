import { buildDrivers } from './drivers.mjs';
import { buildElectron } from './electron.mjs';
import { buildProtocol } from './protocol.mjs';
import { buildRenderer } from './renderer.mjs';
import { buildSandbox } from './sandbox.mjs';
import { transpile } from './transpile.mjs';

/** Everything from source to what runs: messages, rooms, driver bundles, user interface. */
export async function build() {
  await buildProtocol();
  const files = await transpile();
  await buildElectron();
  await buildSandbox();
  const drivers = await buildDrivers();
  await buildRenderer();
  return { files, drivers };
}
