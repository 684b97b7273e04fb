import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { expect, it } from 'vitest';
import { onebox, PIN, scratch } from './run.js';

const folder = scratch();
const at = (name: string) => join(folder, name);
const data = ['--data', at('store')];
const code = async (args: readonly string[]): Promise<number | string> => (await onebox([...args, '--json'])).code;

/** The driver of this checkout, as its maker would have it in a folder of her own. */
function maker(version: string): string {
  const own = at('ble-vitals-gatt');
  cpSync(join(import.meta.dirname, '../../drivers/ble-vitals-gatt'), own, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(own, 'manifest.json'), 'utf8')) as object;
  writeFileSync(join(own, 'manifest.json'), JSON.stringify({ ...manifest, version }, null, 2));
  return own;
}

async function newKey(name: string): Promise<string> {
  const { key } = (await onebox(['driver', 'keys', 'new', name, '--out', at(`${name}.key`), '--json'])).json<{
    key: string;
  }>();
  return key;
}

it('pack, sign, verify, trust, install, read: and refused at every step where something is missing', async () => {
  mkdirSync(folder, { recursive: true });
  const file = at('vitals.onebox-driver');
  const own = maker('7.0.0');
  const packed = await onebox(['driver', 'pack', own, '--out', file, '--json']);
  expect(packed).toMatchObject({ code: 0 });
  expect(packed.json<{ files: string[] }>().files).toContain('sbom.cdx.json');
  const again = at('again.onebox-driver');
  await onebox(['driver', 'pack', own, '--out', again]);
  expect(readFileSync(again).equals(readFileSync(file))).toBe(true);

  const vendor = await newKey('acme.example');
  const reviewer = await newKey('review.example');
  expect(await code(['driver', 'keys', 'new', 'acme.example', '--out', at('acme.example.key')])).toBe(2);

  const sign = (who: string) => code(['driver', 'sign', file, '--key', at(`${who}.key`)]);
  expect(await code(['driver', 'install', file, ...data])).toBe(3);
  expect(await sign('acme.example')).toBe(0);
  expect(await sign('acme.example')).toBe(2);
  expect(await code(['driver', 'verify', file, ...data])).toBe(3);
  expect(await sign('review.example')).toBe(0);
  expect(await code(['driver', 'verify', file, ...data])).toBe(3);

  expect(await code(['driver', 'keys', 'trust', 'vendor', vendor, ...data])).toBe(64);
  expect(await code(['driver', 'keys', 'trust', 'vendor', vendor, '--driver', 'ble-*', ...data])).toBe(0);
  expect(await code(['driver', 'keys', 'trust', 'reviewer', vendor, ...data])).toBe(2);
  expect(await code(['driver', 'keys', 'trust', 'reviewer', reviewer, ...data])).toBe(0);
  const verified = await onebox(['driver', 'verify', file, '--json', ...data]);
  expect(verified.json()).toMatchObject({ trusted: true, vendor: 'acme.example', reviewer: 'review.example' });

  expect(await code(['driver', 'install', file, ...data])).toBe(0);
  await onebox(['enrol', '--practice', '--name', 'Kim', '--pin', PIN, ...data]);
  const person = ['--practice', '--person', 'Kim', '--pin', PIN, ...data];
  const read = await onebox(['read', '--device', 'oximeter', '--json', ...person]);
  expect(read.json()).toMatchObject({ driver: { id: 'ble-vitals-gatt', version: '7.0.0' } });

  // The tools that read nothing see it too, and who signed it.
  const heard = await onebox(['devices', '--practice', '--seconds', '10', '--json', ...data]);
  const rows = heard.json<{ devices: { drivers: object[] }[] }>().devices;
  expect(rows.flatMap(({ drivers }) => drivers)).toContainEqual(
    expect.objectContaining({ id: 'ble-vitals-gatt', version: '7.0.0' }),
  );
  const checked = await onebox(['doctor', '--practice', ...data]);
  expect(checked.stdout).toMatch(/ok {4}drivers .*ble-vitals-gatt 7\.0\.0 \(acme\.example, review\.example\)/);
  const recording = join(own, 'recordings/oximeter.obrec');
  const played = await onebox(['replay', recording, '--json', ...data]);
  expect(played.json()).toMatchObject({ driver: { id: 'ble-vitals-gatt', version: '7.0.0' } });

  // People are enrolled: now it takes a device manager.
  const refused = await onebox(['driver', 'install', file, '--json', ...person]);
  expect([refused.code, refused.json<{ error: ErrorReport }>().error.kind]).toEqual([6, 'FORBIDDEN']);
}, 600_000);

it('an unsigned driver runs in developer mode only, and the read says so', async () => {
  const file = at('unsigned.onebox-driver');
  const own = maker('8.0.0');
  const store = ['--data', at('developer')];
  await onebox(['driver', 'pack', own, '--out', file]);
  expect(await code(['driver', 'install', file, '--developer', ...store])).toBe(0);
  await onebox(['enrol', '--practice', '--name', 'Kim', '--pin', PIN, ...store]);
  const read = ['read', '--device', 'oximeter', '--practice', '--person', 'Kim', '--pin', PIN, ...store];
  const usual = await onebox([...read, '--json']);
  expect(usual.json<{ driver: { version: string } }>().driver.version).not.toBe('8.0.0');
  const developer = await onebox([...read, '--developer', '--json']);
  expect(developer.json()).toMatchObject({ driver: { version: '8.0.0' } });
  expect((await onebox([...read, '--developer'])).stdout).toMatch(/^DEVELOPER/);

  const replay = ['replay', join(own, 'recordings/oximeter.obrec'), ...store];
  expect((await onebox([...replay, '--developer', '--json'])).json()).toMatchObject({ driver: { version: '8.0.0' } });
  expect((await onebox([...replay, '--developer'])).stdout).toMatch(/^DEVELOPER/);
  const checked = await onebox(['doctor', '--practice', '--developer', ...store]);
  expect(checked.stdout).toMatch(/ble-vitals-gatt 8\.0\.0 \(unsigned\)/);
}, 600_000);
