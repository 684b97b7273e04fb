import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { PIN, TestWorld } from '../access/test-world.js';
import { everyFile, found } from '../files/testing/traces.js';

// Made up: a patient, a serial number and an address that must be found nowhere on the disk.
const CANARIES = ['Zebulon Quackenbush', 'SN-QX77-CANARY-4417', 'C4:NA:RY:00:44:17'];
const STAFF = 'Wilhelmina Testperson';

let world: TestWorld;
beforeEach(async () => {
  world = await new TestWorld().open();
});
afterEach(() => world.end());

function hits(text: string): string[] {
  return everyFile(world.root).filter((file) => found([text], readFileSync(file)).length > 0);
}

it('plants names, serial numbers and addresses in every input and finds them nowhere on the disk', async () => {
  const [patient, serial] = CANARIES as [string, string, string];
  const { person } = await world.access.enrol({ displayName: STAFF, role: 'responder', pin: PIN });
  const { access, audit, records } = world;
  const good = world.request(person.id, { deviceKey: serial, deviceClass: patient });
  const opened = await access.breakGlass(good);
  const record = await records.create(opened.accessId);
  for (const canary of CANARIES) {
    await record.append(Buffer.from(canary));
    await Promise.allSettled([
      access.breakGlass({ ...good, deviceKey: canary, reason: canary as never }),
      access.breakGlass({ ...good, personId: canary }),
      access.breakGlass({ ...good, driver: { id: canary, version: canary } }),
      access.breakGlass({ ...good, factor: { kind: 'pin', pin: canary } }),
      access.cancel(canary),
      access.unlock(canary, { kind: 'pin', pin: canary }),
      access.recover([canary], person.id, canary),
      access.enrol({ displayName: canary, role: canary as never, pin: canary }),
      access.extend(canary, { kind: 'pin', pin: canary }),
      access.close(canary),
      audit.append('linkLost', { accessId: canary, numbers: { [canary]: 1 } as never }),
      audit.append('linkLost', { sessionId: canary }),
      audit.append('linkLost', { person: Buffer.from(canary), device: Buffer.from(canary) }),
      audit.append('driverKilled', { driver: { id: canary, version: '1.0.0' } }),
      audit.append('driverKilled', { driver: { id: 'a', version: canary } }),
      records.read(canary),
      records.destroy(canary),
    ]);
  }
  await world.restart();
  await world.access.settled();
  for (const canary of CANARIES) expect(hits(canary), canary).toEqual([]);
  for (const file of everyFile(join(world.root, 'vault'))) expect(readFileSync(file).includes(PIN), file).toBe(false);
  // The lock screen lists the staff: their names are in one file, and nowhere else.
  expect(hits(STAFF).map((file) => file.slice(world.root.length + 1))).toEqual([join('vault', 'people.json')]);
});
