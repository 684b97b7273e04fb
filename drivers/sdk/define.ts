import type { Authorise, DriverProgram } from './device.js';

/** A driver as its folder exports it: what the manifest calls it, and its program. */
export interface Driver {
  readonly id: string;
  readonly version: string;
  readonly program: DriverProgram;
  /** Where the manifest says `"authorisation": "driver"`. */
  readonly authorise?: Authorise;
}

/**
 * `export default defineDriver(manifest, async function* (device) { ... })`, where `manifest` is the
 * folder's manifest.json. The manifest is checked when the driver is built; here it only gives the name.
 */
export function defineDriver(
  manifest: { readonly id: string; readonly version: string },
  program: DriverProgram,
  hooks: Pick<Driver, 'authorise'> = {},
): Driver {
  return { id: manifest.id, version: manifest.version, program, ...hooks };
}
