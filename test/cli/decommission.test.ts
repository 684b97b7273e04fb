import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EVENTS } from '@onebox/gateway/audit/events.js';
import type { Decommissioned } from '@onebox/gateway/decommissioning/decommissioning.js';
import { found } from '@onebox/gateway/files/testing/traces.js';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditOnDisk, everything } from '../interrogation/tablet.js';
import { enrol, PATIENT, readPatient, second, secretsOf, scratch as tablets } from '../red-team/victim.js';
import { enrol as enrolAnew, onebox, PIN, scratch } from './run.js';

// @ts-expect-error: one file without types, for people outside
const verifier = (await import('../../scripts/verify-receipt.mjs')) as {
  verifyReceipt(text: string, key: string): Readonly<Record<string, unknown>>;
};

const folder = scratch();
const { root, start, stop } = tablets();
const MANAGER = 'Ottoline Keysmith';
const RESPONDER = 'Barnabas Firsthand';
/** As a crash left it, with an access open. */
const crashed = join(folder, 'crashed');
const words = join(folder, 'words');
const copyOf = (name: string): string => {
  cpSync(crashed, join(folder, name), { recursive: true });
  return join(folder, name);
};
const decommission = (data: string, args: readonly string[], person = MANAGER, pin = PIN) =>
  onebox(
    ['decommission', ...args, '--data', data, '--person', person, '--pin-stdin', '--words-file', words, '--json'],
    {
      input: `${pin}\n`,
    },
  );
const errorOf = (result: { json<T>(): T }): ErrorReport => result.json<{ error: ErrorReport }>().error;

beforeAll(async () => {
  const gateway = await start('tablet');
  const first = second(await enrol(gateway, MANAGER, 'device-manager'));
  writeFileSync(words, first.words.join(' '));
  const personId = await enrol(gateway, RESPONDER, 'responder');
  await gateway.call('unlock', { personId, factor: { kind: 'pin', pin: PIN }, second: first });
  await readPatient(gateway);
  cpSync(join(root, 'tablet'), crashed, { recursive: true });
  rmSync(join(crashed, 'lock'));
  await stop(gateway);
}, 240_000);

describe('onebox decommission', { timeout: 240_000 }, () => {
  it('destroys all but the log, hands out a receipt that one file verifies, and the tablet can be enrolled anew', async () => {
    const data = copyOf('whole');
    const out = join(folder, 'receipt.tlog-proof');
    const asked = await decommission(data, []);
    expect(asked.code).toBe(2);
    expect(asked.stderr).toContain('This destroys 1 records, 2 people, 0 driver packages, 0 trusted keys.');
    const { kind, params } = errorOf(asked);
    expect(kind).toBe('DECOMMISSION_CONFIRM');
    expect(auditOnDisk(data)).not.toContain('decommissionOrdered');

    const vault = readFileSync(join(data, 'vault', 'vault.json'), 'utf8');
    const sealedKeys = [...vault.matchAll(/"(?:sealed|keys)": ?"([^"]{40,})"/g)].map((match) => match[1]!);
    expect(sealedKeys).toHaveLength(4);
    const result = await decommission(data, ['--confirm', String(params.code), '--out', out]);
    expect(result.code, result.stderr).toBe(0);
    const done = result.json<Decommissioned & { receipt: string }>();
    expect(done).toMatchObject({ records: 1, people: 2, drivers: 0, keys: 0, receipt: out });

    // What it proves, to somebody who has nothing else of OneBox.
    expect(verifier.verifyReceipt(readFileSync(out, 'utf8'), done.key)).toMatchObject({
      entry: done.entry,
      event: EVENTS.decommissioned.number,
      numbers: { records: 1, people: 2, drivers: 0, keys: 0 },
    });
    expect(() => verifier.verifyReceipt(readFileSync(out, 'utf8').replace('index ', 'index 1'), done.key)).toThrow();

    // Nothing of people, patients or keys; the old log verifies, with the receipt, and only there is anything left.
    const disk = everything(data);
    expect(found([MANAGER, RESPONDER, PIN, ...secretsOf(PATIENT), ...sealedKeys], disk)).toEqual([]);
    expect(readdirSync(join(data, 'records'))).toEqual([]);
    expect(existsSync(join(data, 'vault', 'vault.json'))).toBe(false);
    const verified = await onebox([
      'audit',
      'verify',
      '--data',
      done.former,
      '--key',
      done.key,
      '--checkpoint',
      out,
      '--json',
    ]);
    expect([verified.code, verified.json()]).toMatchObject([0, { intact: true }]);
    expect(auditOnDisk(done.former)).toEqual(
      expect.arrayContaining(['decommissionOrdered', 'recordErased', 'decommissioned']),
    );

    // As on the first run.
    expect(auditOnDisk(data)).toEqual(['tabletCleared']);
    const nobody = await decommission(data, []);
    expect([nobody.code, errorOf(nobody).kind]).toEqual([6, 'NOT_ENROLLED']);
    const anew = await enrolAnew(data);
    expect(anew.code, anew.stderr).toBe(0);
    expect((await onebox(['audit', 'verify', '--data', data, '--json'])).json()).toMatchObject({ intact: true });
  });

  it('another role, a wrong PIN, a wrong code, a receipt that is there: nothing is destroyed', async () => {
    const data = copyOf('denied');
    const out = join(folder, 'never.tlog-proof');
    const before = readdirSync(join(data, 'records')).length;
    const attempts = [
      await decommission(data, ['--confirm', 'x', '--out', out], RESPONDER),
      await decommission(data, ['--confirm', 'x', '--out', out], MANAGER, '739104'),
      await decommission(data, ['--confirm', 'ffffffff', '--out', out]),
      await decommission(data, ['--confirm', 'x', '--out', join(data, 'vault', 'vault.json')]),
    ];
    expect(attempts.map((one) => [one.code, errorOf(one).kind])).toEqual([
      [6, 'FORBIDDEN'],
      [6, 'FACTORS_WRONG'],
      [2, 'DECOMMISSION_CONFIRM'],
      [2, 'INPUT_INVALID'],
    ]);
    expect(existsSync(out)).toBe(false);
    expect(readdirSync(join(data, 'records'))).toHaveLength(before);
    expect(existsSync(join(data, 'decommissioning.json'))).toBe(false);
    expect((await onebox(['decommission', '--confirm', 'x', '--data', data])).code).toBe(64);
  });
});
