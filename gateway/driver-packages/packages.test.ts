import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DriverIndex } from '../driver-host/driver-index.js';
import type { DriverPackages } from './packages.js';
import {
  ID,
  PackagesWorld,
  reviewer,
  signed,
  signedBy,
  stranger,
  trustFile,
  unsigned,
  vendor,
} from './testing/packages-world.js';

let world: PackagesWorld;
beforeEach(() => {
  world = new PackagesWorld();
  trust();
});
afterEach(() => world.dispose());

const trust = (more: object = {}) => writeFileSync(join(world.folder, 'trust.json'), JSON.stringify(trustFile(more)));
const version = (drivers: DriverIndex): string | undefined => drivers.manifests.find(({ id }) => id === ID)?.version;
const error = (kind: string) => expect.objectContaining({ kind });
const crash = new OneBoxError('DRIVER_CRASHED');
const fileOf = (name: string) => join(world.folder, 'packages', ID, `${name}.onebox-driver`);
/** A session with the driver that runs now has ended like this. */
const session = ({ drivers }: DriverPackages, why?: OneBoxError) => drivers.get(ID).sessionEnded?.(why);
/** Changes one byte of the program in a package's file, as a failing disk would. */
function damage(name: string): void {
  const bytes = readFileSync(fileOf(name));
  const at = bytes.indexOf('onebox_driver');
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  writeFileSync(fileOf(name), bytes);
}

describe('installing', () => {
  it('activates what both signed, now and after a restart, with the code that was packed', async () => {
    const packages = await world.open();
    expect(version(packages.drivers)).toBeUndefined();
    expect(await packages.install(signed())).toEqual({ id: ID, version: '9.1.0', signed: true });
    expect(version(packages.drivers)).toBe('9.1.0');
    expect(world.said()).toEqual(['driverTrustChanged', 'driverInstalled 9.1.0', 'driverActivated 9.1.0']);
    const again = await world.open();
    expect(version(again.drivers)).toBe('9.1.0');
    const code = await again.drivers.get(ID).code();
    expect(code).toContain('onebox_driver');
    expect(world.said()).toEqual([]);
  });

  it('refuses what not both signed, and keeps nothing of it', async () => {
    const packages = await world.open();
    const bare = unsigned();
    for (const bytes of [
      bare,
      signedBy(bare, vendor),
      signedBy(bare, vendor, stranger),
      signedBy(bare, stranger, reviewer),
    ])
      await expect(packages.install(bytes)).rejects.toThrow(error('DRIVER_UNTRUSTED'));
    expect(packages.drivers.all).toEqual([]);
    expect(readdirSync(world.folder).sort()).toEqual(['state.json', 'trust.json']);
    expect(world.said().slice(1)).toEqual(Array(4).fill('driverRefused 9.1.0 DRIVER_UNTRUSTED'));
  });

  it('refuses what does not find in its recordings what it must', async () => {
    const packages = await world.open();
    await packages.install(signed());
    const wrong = signed({
      version: '9.2.0',
      golden: (text) => text.replace('Practice Oximeter', 'Practice Oximetes'),
    });
    await expect(packages.install(wrong)).rejects.toThrow(error('DRIVER_SELF_TEST'));
    const fewer = signed({ version: '9.2.0', golden: (text) => text.split('\n').slice(1).join('\n') });
    await expect(packages.install(fewer)).rejects.toThrow(error('DRIVER_SELF_TEST'));
    const broken = signed({ version: '9.2.0', code: 'throw new Error("no");' });
    await expect(packages.install(broken)).rejects.toThrow(error('DRIVER_SELF_TEST'));
    expect(version(packages.drivers)).toBe('9.1.0');
    expect(readdirSync(join(world.folder, 'packages', ID))).toEqual(['9.1.0.onebox-driver']);
    expect(version((await world.open()).drivers)).toBe('9.1.0');
  });

  it('refuses what is not whole', async () => {
    const packages = await world.open();
    for (const [files, why] of [
      [{ 'driver.js': undefined }, 'no driver.js'],
      [{ 'sbom.cdx.json': undefined }, 'no sbom.cdx.json'],
      [{ 'sbom.cdx.json': '{"bomFormat":"CycloneDX"}' }, 'bill of materials'],
      [{ 'recordings/oximeter.findings.jsonl': undefined }, 'no recordings/oximeter.findings.jsonl'],
      [{ 'recordings/oximeter.obrec': undefined }, 'without its recording'],
      [{ 'recordings/oximeter.obrec': undefined, 'recordings/oximeter.findings.jsonl': undefined }, 'no recording'],
    ] as const)
      await expect(packages.install(signed({ files }))).rejects.toThrow(why);
    await expect(packages.install(signed({ manifest: { id: 'ble-other' } }))).rejects.toThrow('of another driver');
    await expect(packages.install(signed({ manifest: { phases: [] } }))).rejects.toThrow(error('MANIFEST_INVALID'));
    await expect(packages.install(signed({ manifest: { minimumVersion: '9.9.0' } }))).rejects.toThrow('minimumVersion');
    await expect(packages.install(new Uint8Array(10))).rejects.toThrow(error('DRIVER_PACKAGE'));
    expect(packages.drivers.all).toEqual([]);
  });

  it('refuses what claims the devices of another driver', async () => {
    const { manifest, ...rest } = DriverIndex.open().get(ID);
    world.builtIn = new DriverIndex([{ ...rest, manifest: { ...manifest, id: 'ble-else' } }]);
    await expect((await world.open()).install(signed())).rejects.toThrow(error('DRIVER_AMBIGUOUS'));
  });
});

describe('going back', () => {
  it('is refused by hand: below the active one, the built-in one, and another package of the same version', async () => {
    const packages = await world.open();
    await packages.install(signed({ version: '9.2.0' }));
    await expect(packages.install(signed())).rejects.toThrow(error('DRIVER_ROLLBACK'));
    await expect(packages.install(signed({ version: '9.2.0', manifest: { vendor: 'Else' } }))).rejects.toThrow(
      'another package',
    );
    await packages.install(signed({ version: '9.2.0' }));
  });

  it('is refused below the driver that came with the application', async () => {
    world.builtIn = DriverIndex.open();
    await expect((await world.open()).install(signed({ version: '0.0.1' }))).rejects.toThrow(error('DRIVER_ROLLBACK'));
  });

  it('happens by itself after two failures one after the other, at once and for good', async () => {
    const packages = await world.open();
    await packages.install(signed());
    await packages.install(signed({ version: '9.2.0' }));
    world.said();
    await session(packages, crash);
    await session(packages);
    await session(packages, new OneBoxError('LINK_LOST'));
    await session(packages, crash);
    expect(version(packages.drivers)).toBe('9.2.0');
    const restarted = await world.open();
    await session(restarted, crash);
    expect(version(restarted.drivers)).toBe('9.1.0');
    expect(version((await world.open()).drivers)).toBe('9.1.0');
    expect(world.said()).toEqual([
      'driverRefused 9.2.0 DRIVER_CRASHED',
      'driverRefused 9.2.0 DRIVER_CRASHED',
      'driverRefused 9.2.0 DRIVER_CRASHED',
      'driverFallback 9.1.0 DRIVER_CRASHED',
    ]);
    expect(readdirSync(join(world.folder, 'packages', ID))).toEqual(['9.1.0.onebox-driver']);
  });

  it('keeps the one before for the run when a file is damaged, and for good the second time', async () => {
    const packages = await world.open();
    await packages.install(signed());
    await packages.install(signed({ version: '9.2.0' }));
    damage('9.2.0');
    await expect(packages.drivers.get(ID).code()).rejects.toThrow(error('DRIVER_PACKAGE'));
    world.said();
    expect(version((await world.open()).drivers)).toBe('9.1.0');
    expect(readdirSync(join(world.folder, 'packages', ID))).toHaveLength(2);
    expect(version((await world.open()).drivers)).toBe('9.1.0');
    expect(world.said()).toEqual([
      'driverRefused 9.2.0 DRIVER_PACKAGE',
      'driverRefused 9.2.0 DRIVER_PACKAGE',
      'driverFallback 9.1.0 DRIVER_PACKAGE',
    ]);
    expect(readdirSync(join(world.folder, 'packages', ID))).toEqual(['9.1.0.onebox-driver']);
  });

  it('ends with the driver that came with the application', async () => {
    world.builtIn = DriverIndex.open();
    const built = version(world.builtIn);
    const packages = await world.open();
    await packages.install(signed());
    await session(packages, crash);
    await session(packages, crash);
    expect(version(packages.drivers)).toBe(built);
    expect(version((await world.open()).drivers)).toBe(built);
  });

  it('never goes below the minimum version of the manifest that was active', async () => {
    const packages = await world.open();
    await packages.install(signed());
    await packages.install(signed({ version: '9.2.0', manifest: { minimumVersion: '9.2.0' } }));
    await session(packages, crash);
    await session(packages, crash);
    expect(version(packages.drivers)).toBeUndefined();
    expect(version((await world.open()).drivers)).toBeUndefined();
    await expect((await world.open()).install(signed())).rejects.toThrow(error('DRIVER_ROLLBACK'));
  });

  it('never goes below the minimum version of the trust file, not even to the built-in driver', async () => {
    world.builtIn = DriverIndex.open();
    const packages = await world.open();
    await packages.install(signed());
    trust({ minimumVersions: { [ID]: '9.1.1' } });
    const raised = await world.open();
    expect(version(raised.drivers)).toBeUndefined();
    await expect(raised.install(signed())).rejects.toThrow(error('DRIVER_ROLLBACK'));
    await raised.install(signed({ version: '9.1.1' }));
    expect(version((await world.open()).drivers)).toBe('9.1.1');
  });
});

describe('at every start', () => {
  it('a package whose signer is not trusted any more does not run, and runs again when he is', async () => {
    await (await world.open()).install(signed());
    trust({ vendors: [] });
    for (let start = 0; start < 3; start++) expect(version((await world.open()).drivers)).toBeUndefined();
    trust();
    expect(version((await world.open()).drivers)).toBe('9.1.0');
  });

  it('a damaged trust file means that no package runs, and nothing is held against it', async () => {
    await (await world.open()).install(signed());
    writeFileSync(join(world.folder, 'trust.json'), '{');
    world.said();
    for (let start = 0; start < 3; start++) expect(version((await world.open()).drivers)).toBeUndefined();
    expect(world.said()).toEqual(Array(3).fill('driverRefused TRUST_INVALID'));
    trust();
    expect(version((await world.open()).drivers)).toBe('9.1.0');
  });

  it('another version of the application runs the self-test again', async () => {
    await (await world.open()).install(signed());
    world.applicationVersion = '1.1.0';
    expect(version((await world.open()).drivers)).toBe('9.1.0');
    expect(readFileSync(join(world.folder, 'state.json'), 'utf8')).toContain('"testedWith": "1.1.0"');
  });

  it('a newer built-in driver takes the place of the package', async () => {
    await (await world.open()).install(signed());
    const { manifest, ...rest } = DriverIndex.open().get(ID);
    world.builtIn = new DriverIndex([{ ...rest, manifest: { ...manifest, version: '10.0.0' } }]);
    expect(version((await world.open()).drivers)).toBe('10.0.0');
  });

  it.each(['', '{', '{"format":"onebox-driver-packages"}', undefined])(
    'a state of %j is made again of the packages that hold, floor included',
    async (text) => {
      const packages = await world.open();
      await packages.install(signed());
      await packages.install(signed({ version: '9.2.0', manifest: { minimumVersion: '9.2.0' } }));
      const state = join(world.folder, 'state.json');
      if (text === undefined) rmSync(state);
      else writeFileSync(state, text);
      writeFileSync(fileOf('9.3.0'), signedBy(unsigned({ version: '9.3.0' }), vendor, stranger));
      const made = await world.open();
      expect(version(made.drivers)).toBe('9.2.0');
      await session(made, crash);
      await session(made, crash);
      expect(version(made.drivers)).toBeUndefined();
    },
  );

  it('a package that was put into the folder by hand is not taken', async () => {
    await (await world.open()).install(signed());
    writeFileSync(fileOf('9.2.0'), signed({ version: '9.2.0' }));
    expect(version((await world.open()).drivers)).toBe('9.1.0');
  });
});

describe('developer mode', () => {
  it('takes an unsigned driver, which runs in no other mode', async () => {
    world.developer = true;
    const packages = await world.open();
    await packages.install(signed());
    expect(await packages.install(unsigned({ version: '9.2.0' }))).toEqual({ id: ID, version: '9.2.0', signed: false });
    expect(version(packages.drivers)).toBe('9.2.0');
    expect(version((await world.open()).drivers)).toBe('9.2.0');
    world.developer = false;
    expect(version((await world.open()).drivers)).toBe('9.1.0');
  });

  it('runs the self-test and the minimum version all the same', async () => {
    world.developer = true;
    trust({ minimumVersions: { [ID]: '9.1.1' } });
    const packages = await world.open();
    await expect(packages.install(unsigned())).rejects.toThrow(error('DRIVER_ROLLBACK'));
    const wrong = unsigned({ version: '9.2.0', golden: () => '' });
    await expect(packages.install(wrong)).rejects.toThrow(error('DRIVER_SELF_TEST'));
    expect(packages.drivers.all).toEqual([]);
  });
});
