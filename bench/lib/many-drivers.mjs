import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFolder } from '@onebox/gateway/driver-host/driver-index.js';

const NAMES = ['Pump', 'Meter', 'Sensor', 'Strap', 'Cuff', 'Band', 'Link', 'Core'];
const hex = (value, digits) => value.toString(16).toUpperCase().padStart(digits, '0');

/** The index of the build: manifests with their bundles. */
export const builtIndex = () => JSON.parse(readFileSync(join(bundleFolder(), 'index.json'), 'utf8'));

/**
 * `count` manifests: the installed ones, each as often as it takes, with ids and rules of their own. A third is known
 * by a service, a third by company and name, a third by the name alone, as makers do it.
 */
export function manyManifests(count) {
  const { drivers } = builtIndex();
  return Array.from({ length: count }, (_, at) => {
    const { manifest } = drivers[at % drivers.length];
    return at < drivers.length ? manifest : { ...manifest, id: `${manifest.id}-${at}`, ...ownRules(manifest, at) };
  });
}

function ownRules({ match }, at) {
  const name = `${NAMES[at % NAMES.length]}-${hex(at, 3)}*`;
  const ble = [{ services: [hex(at, 32)] }, { companyId: 0x1000 + at, name }, { name }][at % 3];
  const serial = match.serial.map(({ line }, rule) => ({
    line,
    usb: { vendorId: '28e9', productId: hex(at * 4 + rule, 4).toLowerCase() },
  }));
  return { match: { ble: match.ble.length > 0 ? [ble] : [], serial, file: match.file } };
}

/** A folder of bundles with `count` drivers, as a build of so many would leave it. */
export function manyBundles(folder, count) {
  const { drivers, ...head } = builtIndex();
  mkdirSync(folder, { recursive: true });
  const entries = manyManifests(count).map((manifest, at) => ({ ...drivers[at % drivers.length], manifest }));
  for (const { bundle } of drivers) copyFileSync(join(bundleFolder(), bundle), join(folder, bundle));
  writeFileSync(join(folder, 'index.json'), `${JSON.stringify({ ...head, drivers: entries })}\n`);
  return folder;
}
