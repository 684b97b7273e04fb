import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';

/** How little a driver needs, over the parts of the SDK: held to what docs/drivers.md says. */

const root = join(import.meta.dirname, '../..');
const drivers = join(root, 'drivers');

/** Lines of a file and of all that it imports of its own folder. */
function lines(file: string, seen = new Set<string>()): number {
  if (seen.has(file) || !existsSync(file)) return 0;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  const imported = [...text.matchAll(/from '(\.\/[^']+)\.js'/g)].map(([, path = '']) =>
    join(dirname(file), `${path}.ts`),
  );
  return imported.reduce((sum, path) => sum + lines(path, seen), text.trimEnd().split('\n').length);
}
const program = (id: string): number => lines(join(drivers, id, 'driver.ts'));
const driverFile = (id: string): number =>
  readFileSync(join(drivers, id, 'driver.ts'), 'utf8')
    .trimEnd()
    .split('\n').length;

// Nothing of their own besides: parsers, record access and times are parts of the SDK.
it.each(['ble-vitals-gatt', 'bluetooth-cgm', 'bluetooth-insulin-delivery', 'generic'])(
  '%s, with services of the Bluetooth SIG, is a manifest and at most 60 lines',
  (id) => {
    expect(program(id)).toBeLessThanOrEqual(60);
  },
);

it('ieee11073-phd, any agent of a standard on a line, is a manifest and at most 60 lines', () => {
  expect(program('ieee11073-phd')).toBeLessThanOrEqual(60);
});

// Framing, packet tables, live windows, strips and alerts are parts of the SDK; so is a made-up protocol of `driver new`.
it.each([
  ['contec-cms50-v7-serial', program('contec-cms50-v7-serial')],
  ['what `driver new` writes', lines(join(root, 'cli/driver/template/driver.ts'))],
])('%s, with packets of the maker’s own on a cable, is at most 150 lines with all that it imports', (_id, count) => {
  expect(count).toBeGreaterThan(60);
  expect(count).toBeLessThanOrEqual(150);
});

// Records with hundreds of meanings: their parsers and tables stand beside the driver and come on top.
it.each(['astm-lis-serial', 'omnipod', 'medtronic-minimed', 'hl7-idco'])(
  '%s, with a protocol of many records, says what it does in at most 150 lines',
  (id) => {
    expect(driverFile(id)).toBeLessThanOrEqual(150);
    expect(program(id)).toBeGreaterThan(150);
  },
);
