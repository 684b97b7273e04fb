import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DriverIndex } from '../driver-host/driver-index.js';
import { nodeLauncher } from '../driver-host/launcher.js';
import { driverRows } from '../views.js';
import { lookAtDrivers } from './look.js';
import { ID, PackagesWorld, signed, trustFile, unsigned } from './testing/packages-world.js';

let world: PackagesWorld;
beforeEach(() => {
  world = new PackagesWorld();
  writeFileSync(join(world.folder, 'trust.json'), JSON.stringify(trustFile()));
});
afterEach(() => world.dispose());

const look = (more: { developer?: boolean; applicationVersion?: string } = {}) =>
  lookAtDrivers({
    folder: world.folder,
    builtIn: new DriverIndex([]),
    launcher: nodeLauncher(),
    applicationVersion: '1.0.0',
    developer: false,
    ...more,
  });
/** Every file of the store with its content. */
const content = () =>
  readdirSync(world.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [path, readFileSync(path).toString('base64')]);
const rows = ({ drivers, refused }: Awaited<ReturnType<typeof look>>) => driverRows(drivers.all, refused);

it('sees what is installed and who signed it, as a start would, and leaves the store as it is', async () => {
  expect(rows(await look())).toEqual([]);
  const packages = await world.open();
  await packages.install(signed());
  const before = content();
  const signedBy = { vendor: 'acme.example', reviewer: 'review.example' };
  expect(rows(await look())).toEqual([expect.objectContaining({ id: ID, version: '9.1.0', signedBy })]);
  // Another version of the application runs the self-test, and would write that down.
  expect(rows(await look({ applicationVersion: '2.0.0' }))).toEqual([expect.objectContaining({ id: ID, signedBy })]);
  expect(content()).toEqual(before);
  expect(driverRows(packages.drivers.all, packages.refused)).toEqual(rows(await look()));
}, 60_000);

it('says which package does not run, and what runs instead', async () => {
  await (await world.open()).install(signed());
  await (await world.open()).install(signed({ version: '9.2.0' }));
  const file = (version: string) => join(world.folder, 'packages', ID, `${version}.onebox-driver`);
  cpSync(file('9.1.0'), file('9.2.0'));
  const before = content();
  const refused = { version: '9.2.0', code: new OneBoxError('DRIVER_PACKAGE').code };
  expect(rows(await look())).toMatchObject([{ id: ID, version: '9.1.0', refused: { ...refused, blocked: false } }]);
  writeFileSync(join(world.folder, 'trust.json'), JSON.stringify(trustFile({ minimumVersions: { [ID]: '9.3.0' } })));
  expect(rows(await look())).toMatchObject([{ id: ID, vendor: '', refused: { blocked: true } }]);
  expect(content().filter(([path]) => !path?.endsWith('trust.json'))).toEqual(
    before.filter(([path]) => !path?.endsWith('trust.json')),
  );
}, 60_000);

it('an unsigned driver is seen in developer mode, as one that nobody signed', async () => {
  world.developer = true;
  await (await world.open()).install(unsigned());
  expect(rows(await look())).toEqual([]);
  expect(rows(await look({ developer: true }))).toMatchObject([{ id: ID, version: '9.1.0', signedBy: 'nobody' }]);
}, 60_000);
