import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalListing } from '@onebox/gateway/backup/content.js';
import { ID, signed, trusted } from '@onebox/gateway/driver-packages/testing/packages-world.js';
import { found } from '@onebox/gateway/files/testing/traces.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditOnDisk, everything } from '../interrogation/tablet.js';
import { enrol, factor, PATIENT, PIN, readPatient, scratch, secretsOf, wrongFactor } from '../red-team/victim.js';

const { root, start, stop } = scratch();
const STAFF = { manager: 'Ottoline Keysmith', responder: 'Barnabas Firsthand', officer: 'Philomena Watchword' };
const PASSPHRASE = 'a passphrase of the office';
const unlock = (gateway: Gateway, personId: string, witnessId: string, pin = PIN) =>
  gateway.call('unlock', {
    personId,
    factor: { kind: 'pin', pin },
    second: { kind: 'witness', personId: witnessId, factor },
  });
const listing = async (gateway: Gateway): Promise<string> => canonicalListing(await gateway.backup.configuration());

let tablet: Gateway;
let older: Awaited<ReturnType<Gateway['backup']['make']>>;
let newer: typeof older;
let whole: string;

/** A tablet that has a device manager and nothing else. */
async function fresh(name: string): Promise<Gateway> {
  const gateway = await start(name);
  await enrol(gateway, STAFF.manager, 'device-manager');
  return gateway;
}

beforeAll(async () => {
  tablet = await start('tablet');
  const managerId = await enrol(tablet, STAFF.manager, 'device-manager');
  const responderId = await enrol(tablet, STAFF.responder, 'responder');
  older = await tablet.backup.make(PASSPHRASE, factor);
  await enrol(tablet, STAFF.officer, 'privacy-officer');
  await tablet.packages.changeTrust(trusted({ minimumVersions: { 'ble-glucose-racp': '0.0.1' } }));
  await tablet.packages.install(signed({ version: '9.1.0' }));
  await tablet.call('setIdle', { minutes: 7, factor });
  await unlock(tablet, responderId, managerId);
  await readPatient(tablet);
  await unlock(tablet, managerId, responderId);
  newer = await tablet.backup.make(PASSPHRASE, factor);
  whole = await listing(tablet);
}, 240_000);

describe('the configuration of a tablet', { timeout: 240_000 }, () => {
  it('makes an equal one of a fresh tablet, whose people begin with PINs of their own', async () => {
    const gateway = await fresh('equal');
    expect(await listing(gateway)).not.toBe(whole);
    const done = await gateway.backup.restore(newer.file, PASSPHRASE, [newer.key], factor);
    expect(await listing(gateway)).toBe(whole);
    expect(whole.split('\n').map((line) => line.split(' ')[0])).toEqual([
      'person',
      'person',
      'person',
      'idle',
      'vendor',
      'reviewer',
      'minimum',
      'driver',
    ]);
    expect(done.added.map(({ displayName }) => displayName)).toEqual([STAFF.responder, STAFF.officer]);
    expect(new Set([PIN, ...done.added.map(({ pin }) => pin)]).size).toBe(3);
    expect(auditOnDisk(join(root, 'equal')).slice(-8)).toEqual([
      'restoreOrdered',
      'driverTrustChanged',
      'driverInstalled',
      'driverActivated',
      'idleTimeSet',
      'enrolled',
      'enrolled',
      'configurationRestored',
    ]);
    // Again changes nothing; after a restart it is all there, and the people can unlock.
    expect(await gateway.backup.restore(newer.file, PASSPHRASE, [newer.key], factor)).toMatchObject({ added: [] });
    await stop(gateway);
    const again = await start('equal');
    expect(again.packages.drivers.get(ID).manifest.version).toBe('9.1.0');
    const { people } = await again.call('status');
    const responder = people.find(({ displayName }) => displayName === STAFF.responder)!;
    const manager = people.find(({ displayName }) => displayName === STAFF.manager)!;
    await unlock(again, responder.id, manager.id, done.added[0]!.pin);
    expect((await again.call('status')).person).toMatchObject({ role: 'responder' });
    expect(await listing(again)).toBe(whole);
    await stop(again);
  });

  it('older than the last restored, of a tablet that was not named, changed or with another passphrase: refused', async () => {
    const gateway = await fresh('refusals');
    const before = await listing(gateway);
    const restore = (file: Uint8Array, keys = [newer.key], passphrase = PASSPHRASE) =>
      gateway.backup.restore(file, passphrase, keys, factor);
    await expect(restore(newer.file, [])).rejects.toMatchObject({ kind: 'BACKUP_UNTRUSTED' });
    await expect(restore(newer.file, [newer.key], 'another passphrase')).rejects.toMatchObject({
      kind: 'BACKUP_INVALID',
    });
    const changed = Uint8Array.from(newer.file);
    changed[changed.length >> 1]! ^= 1;
    await expect(restore(changed)).rejects.toMatchObject({ kind: 'BACKUP_INVALID' });
    await expect(restore(newer.file.subarray(0, -1))).rejects.toMatchObject({ kind: 'BACKUP_INVALID' });
    await expect(gateway.backup.restore(newer.file, PASSPHRASE, [newer.key], wrongFactor)).rejects.toMatchObject({
      kind: 'FACTOR_WRONG',
    });
    expect(await listing(gateway)).toBe(before);
    expect(auditOnDisk(join(root, 'refusals')).filter((name) => /^restore/.test(name))).toEqual(
      Array.from({ length: 4 }, () => 'restoreRefused'),
    );
    await restore(newer.file);
    await expect(restore(older.file)).rejects.toMatchObject({ kind: 'BACKUP_ROLLBACK' });
    // Its own are believed without being named, and are newer.
    const own = await gateway.backup.make(PASSPHRASE, factor);
    await gateway.backup.restore(own.file, PASSPHRASE, [], factor);
    await expect(restore(newer.file)).rejects.toMatchObject({ kind: 'BACKUP_ROLLBACK' });
    expect(await listing(gateway)).toBe(whole);
    await stop(gateway);
  });

  it('holds nothing of a patient, and no name of the staff in clear; nor does the tablet keep it', async () => {
    const content = Buffer.from(JSON.stringify(await tablet.backup.configuration()));
    expect(found([...secretsOf(PATIENT), PIN], content)).toEqual([]);
    expect(found(Object.values(STAFF), content)).toEqual(Object.values(STAFF));
    expect(found([...Object.values(STAFF), ...secretsOf(PATIENT)], Buffer.from(newer.file))).toEqual([]);
    expect(found([PASSPHRASE], everything(join(root, 'tablet')))).toEqual([]);
    expect(readdirSync(join(root, 'tablet')).sort()).toEqual(['audit', 'drivers', 'lock', 'records', 'vault']);
  });

  it('a fresh PIN and the role are needed, and a minimum version never sinks', async () => {
    await expect(tablet.backup.make(PASSPHRASE, wrongFactor)).rejects.toMatchObject({ kind: 'FACTOR_WRONG' });
    await expect(tablet.backup.make('short', factor)).rejects.toMatchObject({ kind: 'INPUT_INVALID' });
    const gateway = await fresh('minimum');
    await gateway.packages.changeTrust(trusted({ minimumVersions: { 'ble-glucose-racp': '0.0.9' } }));
    await gateway.backup.restore(newer.file, PASSPHRASE, [newer.key], factor);
    expect(gateway.packages.trust.file.minimumVersions).toEqual({ 'ble-glucose-racp': '0.0.9' });
    const officerId = (await gateway.call('status')).people.find(({ role }) => role === 'privacy-officer')!.id;
    expect(officerId).toBeDefined();
    await gateway.call('lock');
    await expect(gateway.backup.make(PASSPHRASE, factor)).rejects.toMatchObject({ kind: 'LOCKED' });
    await stop(gateway);
  });
});
