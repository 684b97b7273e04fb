import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { checkManifest, type Manifest, type ManifestInput } from '@onebox/driver-sdk/manifest.js';
import { driverFromCode, type LoadedDriver } from '../driver-index.js';

const hostile = join(import.meta.dirname, '../hostile');
const builder = pathToFileURL(join(import.meta.dirname, '../../../scripts/build/drivers.mjs')).href;

/** Bundles a driver of the folder of hostile drivers as the build does; `raw/...` are scripts as they are, `syntax error` is no script at all. */
export async function hostileDriver(name: string, manifest: Manifest): Promise<LoadedDriver> {
  const file = join(hostile, `${name}.js`);
  if (name === 'syntax error') return driverFromCode(manifest, 'globalThis.onebox_driver = { start(');
  if (name.startsWith('raw/')) return driverFromCode(manifest, await readFile(file, 'utf8'));
  return bundled(file, manifest);
}

/** Bundles a file that exports a driver, as the build does. */
export async function bundled(file: string, manifest: Manifest): Promise<LoadedDriver> {
  const { bundleDriver } = (await import(builder)) as { bundleDriver(entry: string): Promise<string> };
  return driverFromCode(manifest, await bundleDriver(file));
}

/** A valid manifest with little in it. */
export function testManifest(changes: Partial<ManifestInput> = {}): Manifest {
  const { manifest, problems } = checkManifest({
    id: 'hostile',
    version: '1.0.0',
    protocol: { min: '1.0', max: '1.0' },
    vendor: 'Test',
    deviceClasses: ['pulse-oximeter'],
    transport: ['ble'],
    match: { ble: [{ services: ['1822'] }] },
    requests: { ask: { channel: '2A52', bytes: '01 {channel:u8:1..4}' }, bye: { channel: '2A52', bytes: 'FF' } },
    subscriptions: ['2A5F'],
    reads: ['2A19', '2A29'],
    endOfSession: ['bye'],
    budget: {
      connections: 3,
      radioSeconds: 60,
      bytesIn: 1_000_000,
      bytesOut: 100,
      findings: 1000,
      per24h: { sessions: 10, radioSeconds: 600 },
    },
    phases: ['identity', 'critical', 'present'],
    ...changes,
  });
  if (!manifest) throw new Error(JSON.stringify(problems));
  return manifest;
}
