import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { crashImages, hashOf, type Image } from '../files/testing/crash-images.js';
import { PowerDisk } from '../files/testing/power-disk.js';
import { ID, PackagesWorld, signed, trustFile } from './testing/packages-world.js';

const world = new PackagesWorld();
afterAll(() => world.dispose());

const start: Image = new Map([[join(world.folder, 'trust.json'), Buffer.from(JSON.stringify(trustFile()))]]);

async function runs(image: Image): Promise<string | undefined> {
  world.files = new PowerDisk(image);
  const { drivers } = await world.open();
  const found = drivers.all.find(({ manifest }) => manifest.id === ID);
  // It is really there, not only in the state.
  expect(found === undefined || (await found.code()).length > 1000).toBe(true);
  return found?.manifest.version;
}

it('a loss of power while a package is installed leaves the version before or the new one, whole', async () => {
  let before: string | undefined;
  let image = start;
  let seed = 1;
  const random = () => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  for (const version of ['9.1.0', '9.2.0', '9.3.0']) {
    const disk = new PowerDisk(image);
    world.files = disk;
    const packages = await world.open();
    const first = disk.steps.length;
    await packages.install(signed({ version }));
    const tried = new Map<string, string | undefined>();
    for (let at = first; at <= disk.steps.length; at++)
      for (const crash of crashImages(disk, at, random)) {
        const key = hashOf(crash.image);
        if (!tried.has(key)) tried.set(key, await runs(crash.image));
        expect([before, version], `after step ${at}, ${crash.how}`).toContain(tried.get(key));
      }
    expect(new Set(tried.values())).toEqual(new Set([before, version]));
    expect(await runs(disk.now)).toBe(version);
    [before, image] = [version, disk.now];
  }
}, 120_000);
