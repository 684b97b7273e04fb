import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS } from '@onebox/gateway/audit/events.js';
import { CAUSES } from '@onebox/gateway/records/causes.js';
import type { KeptRecord } from '@onebox/gateway/records/keeping.js';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditOnDisk } from '../interrogation/tablet.js';
import {
  enrol,
  lay,
  OTHER_PATIENT,
  PATIENT,
  readPatient,
  second,
  secretsOf,
  scratch as tablets,
} from '../red-team/victim.js';
import { onebox, PIN, scratch } from './run.js';

// @ts-expect-error: one file without types, for people outside
const verifier = (await import('../../scripts/verify-receipt.mjs')) as {
  verifyReceipt(text: string, key: string): Readonly<Record<string, unknown>>;
};

const folder = scratch();
const { root, start, stop } = tablets();
const STAFF = { manager: 'Ottoline Keysmith', responder: 'Barnabas Firsthand', officer: 'Philomena Watchword' };
/** As a crash left it, with two accesses open. */
const crashed = join(folder, 'crashed');
const words = join(folder, 'words');
const copyOf = (name: string): string => {
  cpSync(crashed, join(folder, name), { recursive: true });
  return join(folder, name);
};
const records = (data: string, args: readonly string[], person: string, pin = PIN) =>
  onebox(['records', ...args, '--data', data, '--person', person, '--pin-stdin', '--words-file', words, '--json'], {
    input: `${pin}\n`,
  });
const sealed = (data: string) => readdirSync(join(data, 'records')).filter((name) => name.endsWith('.sealed'));
const kindOf = (result: { json<T>(): T }): string => result.json<{ error: ErrorReport }>().error.kind;

beforeAll(async () => {
  const gateway = await start('tablet');
  const first = second(await enrol(gateway, STAFF.manager, 'device-manager'));
  writeFileSync(words, first.words.join(' '));
  await enrol(gateway, STAFF.officer, 'privacy-officer');
  const personId = await enrol(gateway, STAFF.responder, 'responder');
  await gateway.call('unlock', { personId, factor: { kind: 'pin', pin: PIN }, second: first });
  await readPatient(gateway);
  await lay(gateway, OTHER_PATIENT);
  await readPatient(gateway, OTHER_PATIENT);
  cpSync(join(root, 'tablet'), crashed, { recursive: true });
  rmSync(join(crashed, 'lock'));
  await stop(gateway);
}, 240_000);

describe('onebox records', { timeout: 240_000 }, () => {
  it('lists what a crash left, without anything of a patient, to officer and manager', async () => {
    const data = copyOf('list');
    for (const person of [STAFF.officer, STAFF.manager]) {
      const result = await records(data, ['list'], person);
      expect(result.code, result.stderr).toBe(0);
      const { records: shown } = result.json<{ records: KeptRecord[] }>();
      expect(shown).toHaveLength(2);
      for (const { reference, bytes, startedAt, dueAt } of shown) {
        expect(reference).toMatch(/^A-\d{4}-\d+$/);
        expect(bytes).toBeGreaterThan(100);
        expect(dueAt - startedAt).toBeLessThanOrEqual(24 * 3_600_000 + 1000);
        expect(dueAt).toBeGreaterThan(Date.now() + 23 * 3_600_000);
      }
      for (const secret of [...secretsOf(PATIENT), ...secretsOf(OTHER_PATIENT)])
        expect(`${result.stdout}${result.stderr}`).not.toContain(secret);
    }
  });

  it('erases those of one access, then all; the log says who ordered it, and verifies', async () => {
    const data = copyOf('erase');
    const [first] = (await records(data, ['list'], STAFF.officer)).json<{ records: KeptRecord[] }>().records;
    const one = await records(data, ['erase', first!.reference!], STAFF.officer);
    expect(one.code, one.stderr).toBe(0);
    const { entries } = one.json<{ entries: number[] }>();
    expect(one.json()).toEqual({ records: 1, accesses: [first!.accessId], entries: [expect.any(Number)] });
    const out = join(folder, 'erased.tlog-proof');
    const receipt = await onebox(['audit', 'receipt', String(entries[0]), '--out', out, '--data', data, '--json']);
    expect(receipt.code, receipt.stderr).toBe(0);
    expect(verifier.verifyReceipt(readFileSync(out, 'utf8'), receipt.json<{ key: string }>().key)).toMatchObject({
      event: EVENTS.recordErased.number,
      access: first!.accessId,
      numbers: { cause: CAUSES.ordered, bytes: first!.bytes },
    });
    expect(sealed(data)).toHaveLength(1);
    const again = await records(data, ['erase', first!.reference!], STAFF.officer);
    expect([again.code, kindOf(again)]).toEqual([1, 'RECORD_GONE']);
    expect((await records(data, ['erase', '--all'], STAFF.manager)).json()).toMatchObject({ records: 1 });
    expect(sealed(data)).toEqual([]);
    expect((await records(data, ['list'], STAFF.officer)).json()).toEqual({ records: [] });
    expect(auditOnDisk(data).filter((name) => /^(erasureOrdered|recordErased)$/.test(name))).toEqual([
      'erasureOrdered',
      'recordErased',
      'erasureOrdered',
      'recordErased',
    ]);
    expect((await onebox(['audit', 'verify', '--data', data, '--json'])).json()).toMatchObject({ intact: true });
  });

  it('for another role, a wrong PIN, in practice: 6, and nothing is erased', async () => {
    const data = copyOf('denied');
    const attempts = [
      await records(data, ['erase', '--all'], STAFF.responder),
      await records(data, ['list'], STAFF.responder),
      await records(data, ['erase', '--all', '--practice'], STAFF.responder),
      await records(data, ['erase', '--all'], STAFF.manager, '739104'),
    ];
    expect(attempts.map((one) => [one.code, kindOf(one)])).toEqual([
      [6, 'FORBIDDEN'],
      [6, 'FORBIDDEN'],
      [6, 'FORBIDDEN'],
      [6, 'FACTORS_WRONG'],
    ]);
    expect(sealed(data)).toHaveLength(2);
  });

  it.each([
    ['nothing', []],
    ['a part that does not exist', ['read']],
    ['erase of nothing', ['erase']],
    ['erase of one and all', ['erase', 'A-2026-1', '--all']],
    ['list of one', ['list', 'A-2026-1']],
  ])('%s: 64', async (_name, args) => {
    expect((await onebox(['records', ...args, '--json'])).code).toBe(64);
  });
});
