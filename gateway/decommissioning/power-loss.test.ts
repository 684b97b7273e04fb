import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { describe, expect, it } from 'vitest';
import { AccessControl } from '../access/access.js';
import { FactorStore } from '../access/factors/store.js';
import { People } from '../access/people.js';
import { PinVault } from '../access/pin-vault.js';
import { TryCounter } from '../access/tries.js';
import { EVENTS } from '../audit/events.js';
import { AuditLog } from '../audit/log.js';
import { openNote, parseVkey } from '../audit/note.js';
import { readRecords } from '../audit/read-records.js';
import { parseReceipt } from '../audit/receipt.js';
import { verifyAudit } from '../audit/verify.js';
import { systemClock } from '../files/clock.js';
import { crashImages, type Image, randomFrom } from '../files/testing/crash-images.js';
import { type Failure, PowerDisk } from '../files/testing/power-disk.js';
import { openStore } from '../store.js';
import { RECEIPT_FILE } from './clearing.js';
import { type Decommissioned, Decommissioning } from './decommissioning.js';

const DATA = join('/', 'store');
const STAFF = 'Ottoline Keysmith';
const PIN = '402817';
const factor = { kind: 'pin', pin: PIN } as const;
const accessId = 'ab'.repeat(16);
/** With which a shift begins. */
let second: { readonly kind: 'recovery-words'; readonly words: readonly string[] };
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString();

/** What stands before a decommissioning, with a cheap PIN: it is entered often. */
async function tablet(): Promise<Image> {
  const files = new PowerDisk();
  const vaultFolder = join(DATA, 'vault');
  const audit = await AuditLog.open({ folder: join(DATA, 'audit'), keptFolder: vaultFolder, files });
  const vault = await PinVault.load({ folder: vaultFolder, files, cost: { memoryKiB: 64, iterations: 1 } });
  const people = await People.load(files, vaultFolder);
  const tries = await TryCounter.load(files, vaultFolder, { clock: systemClock, boot: undefined });
  const factors = await FactorStore.load(files, vaultFolder, vault);
  const access = await AccessControl.open({ audit, vault, people, tries, factors });
  const { recoveryWords } = await access.enrol({ displayName: STAFF, role: 'device-manager', pin: PIN });
  second = { kind: 'recovery-words', words: recoveryWords };
  await access.stop();
  await audit.close();
  return new Map([...files.now, [join(DATA, 'drivers', 'trust.json'), Buffer.from('{"vendors":["somebody"]}')]]);
}

interface Told {
  /** Steps of the disk when it was asked for, and when it was answered. */
  readonly asked: number;
  readonly answered: number;
  readonly done?: Decommissioned;
  readonly secrets: readonly string[];
}

async function tell(disk: PowerDisk, fail: () => void = () => undefined): Promise<Told> {
  const store = await openStore(DATA, disk);
  const [person] = store.access.list();
  await store.access.unlock(person!.id, factor, second);
  await (await store.records.create(accessId)).append(new Uint8Array(9));
  const secrets = [...disk.now]
    .filter(([path]) => /vault\.json$|keys-\d+\.json$/.test(path))
    .flatMap(([, bytes]) =>
      [...text(bytes).matchAll(/"(?:wrappedKey|sealed|keys)": ?"([^"]{40,})"/g)].map((m) => m[1]!),
    );
  const asked = disk.steps.length;
  let done: Decommissioned | undefined;
  let answered = Number.POSITIVE_INFINITY;
  try {
    const decommissioning = new Decommissioning({
      store,
      dataFolder: DATA,
      files: disk,
      practice: false,
      trusted: () => ({ drivers: 0, keys: 1 }),
      closeAll: () => Promise.resolve(),
    });
    const { code } = await decommissioning.preview();
    fail();
    done = await decommissioning.run(code, factor);
    answered = disk.steps.length;
  } catch (error) {
    expect(error).toBeInstanceOf(OneBoxError);
  }
  await store.close().catch(() => undefined);
  // The next start.
  await openStore(DATA, disk)
    .then((next) => next.close())
    .catch((error: unknown) => expect(error).toBeInstanceOf(OneBoxError));
  return { asked, answered, ...(done ? { done } : {}), secrets };
}

const formerOf = (disk: PowerDisk) => [...disk.now.keys()].filter((path) => path.startsWith(join(DATA, 'former')));

/** It is as before, and the log does not say otherwise; or nothing is left but the log, and that says it. */
async function check(image: Image, { answered, secrets }: Told, at: number, what: string): Promise<'before' | 'after'> {
  const disk = new PowerDisk(image);
  const store = await openStore(DATA, disk);
  const { stage } = store.access;
  await store.close();
  const events = async (folder: string) => (await readRecords(disk, folder)).map(({ event }) => event);
  const here = await events(join(DATA, 'audit'));
  expect(here, what).not.toContain(EVENTS.decommissioned.number);
  if (stage !== 'first-run') {
    expect(stage, what).toBe('locked');
    expect(answered > at, what).toBe(true);
    expect(text(disk.now.get(join(DATA, 'vault', 'people.json'))), what).toContain(STAFF);
    return 'before';
  }
  const former = formerOf(disk);
  const at1 = former.find((path) => path.endsWith('log.vkey'))!;
  const folder = join(at1, '..');
  expect(await events(join(folder, 'audit')), what).toContain(EVENTS.decommissioned.number);
  const publicKey = text(disk.now.get(at1)).trim();
  const checkpoints = former.filter((path) => /checkpoint-\d+$/.test(path)).map((path) => text(disk.now.get(path)));
  expect(checkpoints.length, what).toBeGreaterThan(0);
  expect((await verifyAudit(join(folder, 'audit'), { files: disk, publicKey, checkpoints })).problems, what).toEqual(
    [],
  );
  const receipt = disk.now.get(join(folder, RECEIPT_FILE));
  if (answered <= at) expect(receipt, what).toBeDefined();
  if (receipt) openNote(parseReceipt(text(receipt)).checkpoint, [parseVkey(publicKey)]);
  const left = [...disk.now].filter(([path]) => !former.includes(path));
  expect(
    left.map(([path]) => path).filter((path) => !/audit\/[\d-]+\.seg$|vault\/checkpoint-\d+(?:\.new)?$/.test(path)),
    what,
  ).toEqual([]);
  const everything = Buffer.concat([...disk.now.values()].map((bytes) => Buffer.from(bytes)));
  for (const secret of [...secrets, STAFF, 'somebody']) expect(everything.includes(secret), what).toBe(false);
  const second = new PowerDisk(disk.now);
  const again = await openStore(DATA, second);
  expect(again.access.stage, what).toBe('first-run');
  await again.close();
  expect(formerOf(second), what).toEqual(former);
  return 'after';
}

describe('decommissioning', () => {
  it('is not begun or whole, whenever power goes, and the log says which', { timeout: 240_000 }, async () => {
    const disk = new PowerDisk(await tablet());
    const told = await tell(disk);
    expect(told.done).toMatchObject({ records: 1, people: 1, drivers: 0, keys: 1 });
    expect(told.secrets.length).toBeGreaterThanOrEqual(4);
    const random = randomFrom(11);
    const outcomes = { before: 0, after: 0 };
    for (let at = told.asked; at <= disk.steps.length; at++)
      for (const { how, image } of crashImages(disk, at, random))
        outcomes[await check(image, told, at, `after step ${at}, ${how}`)] += 1;
    expect(outcomes.before).toBeGreaterThan(50);
    expect(outcomes.after).toBeGreaterThan(50);
  });

  it.each(['none', 'half', 'whole'] as const)(
    'is so too when a call fails with %s of it done',
    { timeout: 240_000 },
    async (effect) => {
      const start = await tablet();
      const healthy = new PowerDisk(start);
      let from = 0;
      await tell(healthy, () => {
        from = healthy.calls;
      });
      for (let first = from; first < healthy.calls; first += 7)
        for (const count of [1, Number.POSITIVE_INFINITY]) {
          const failure: Failure = { code: first % 2 === 0 ? 'ENOSPC' : 'EIO', effect };
          const disk = new PowerDisk(start);
          const told = await tell(disk, () => {
            disk.failure = (call) => (call >= first && call < first + count ? failure : undefined);
          });
          disk.failure = () => undefined;
          await check(disk.now, told, disk.steps.length, `call ${first} for ${count}`);
        }
    },
  );
});
