import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditVerification } from '@onebox/gateway/audit/verify.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { enrol, fewAtATime, onebox, PIN, scratch } from './run.js';

const VERIFIER = join(import.meta.dirname, '../../scripts/verify-receipt.mjs');
const folder = scratch();
const data = join(folder, 'store');

describe('onebox audit verify', () => {
  let segment: string;
  beforeAll(async () => {
    expect((await enrol(data, '--practice')).code).toBe(0);
    const read = await onebox(
      [
        'read',
        '--practice',
        '--device',
        'thermometer',
        '--data',
        data,
        '--person',
        'Robin Vale',
        '--pin-stdin',
        '--quiet',
      ],
      { input: `${PIN}\n` },
    );
    expect(read.code, read.stderr).toBe(0);
    segment = readdirSync(join(data, 'audit')).sort()[0]!;
  });

  /** A copy of the store, changed. */
  function copy(name: string, change: (path: string) => void): string {
    const path = join(folder, name);
    cpSync(data, path, { recursive: true });
    change(path);
    return path;
  }

  const verify = async (path: string, ...more: readonly string[]) => {
    const result = await onebox(['audit', 'verify', '--data', path, '--json', ...more]);
    return { code: result.code, report: JSON.parse(result.stdout) as AuditVerification & { error?: { kind: string } } };
  };

  it('an untouched log is intact, and says how much it holds', async () => {
    const { code, report } = await verify(data);
    expect(code).toBe(0);
    expect(report).toMatchObject({ intact: true, problems: [], sections: 1 });
    expect(report.entries).toBeGreaterThan(10);
    expect(report.signed).toBeGreaterThan(0);
    const text = await onebox(['audit', 'verify', '--data', data]);
    expect(text.stdout).toMatch(/^intact {2}\d+ entries, \d+ checkpoints, \d+ signed\n$/);
  });

  it('a flipped bit anywhere: 4, with the place', async () => {
    const whole = readFileSync(join(data, 'audit', segment));
    const places = [0, 60, Math.round(whole.length / 3), Math.round(whole.length / 2), whole.length - 1];
    await fewAtATime(places, 3, async (place) => {
      const path = copy(`flipped-${place}`, (at) => {
        const bytes = Buffer.from(whole);
        bytes[place]! ^= 0x01;
        writeFileSync(join(at, 'audit', segment), bytes);
      });
      const { code, report } = await verify(path);
      expect([place, code, report.intact]).toEqual([place, 4, false]);
      expect(report.problems[0]?.error).toMatch(/^AUDIT_|^NOTE_/);
    });
    const text = await onebox(['audit', 'verify', '--data', join(folder, `flipped-${places[2]}`)]);
    expect(text.stdout).toMatch(/^NOT INTACT/);
    expect(text.stdout).toMatch(/OB-60\d/);
  });

  it('a cut tail is found by the checkpoint that was kept elsewhere', async () => {
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    const note = readdirSync(join(data, 'vault')).find((name) => name.startsWith('checkpoint-'))!;
    cpSync(join(data, 'vault', note), join(kept, note));
    const cut = copy('cut', (at) => {
      truncateSync(join(at, 'audit', segment), Math.round(readFileSync(join(at, 'audit', segment)).length / 2));
      // Whoever cuts the log takes the tablet's own checkpoint too.
      rmSync(join(at, 'vault', note));
    });
    const { code, report } = await verify(cut, '--checkpoint', join(kept, note));
    expect(code).toBe(4);
    expect(report.problems.map(({ error }) => error)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^AUDIT_(TRUNCATED|BROKEN)$/)]),
    );
    const whole = await verify(data, '--checkpoint', join(kept, note));
    expect(whole).toMatchObject({ code: 0, report: { intact: true } });
    const forged = join(kept, 'forged');
    writeFileSync(forged, readFileSync(join(kept, note), 'utf8').replace(/\n(\d+)\n/, '\n1\n'));
    expect(await verify(data, '--checkpoint', forged)).toMatchObject({ code: 4, report: { intact: false } });
  });

  it('a receipt of the access holds for a verifier that shares no code, and finds a cut tail', async () => {
    const file = join(folder, 'access.tlog-proof');
    const entries = (await verify(data)).report.entries;
    let receipt = await onebox(['audit', 'receipt', '5', '--out', file, '--data', data, '--json']);
    expect(receipt.code, receipt.stderr).toBe(0);
    const { key } = receipt.json<{ key: string }>();
    const check = spawnSync(process.execPath, [VERIFIER, file, key], { encoding: 'utf8' });
    expect(check.stderr).toBe('');
    expect(JSON.parse(check.stdout)).toMatchObject({ entry: 5 });
    expect((await verify(data, '--checkpoint', file)).code).toBe(0);
    const cut = copy('cut-receipt', (at) => {
      const path = join(at, 'audit', segment);
      truncateSync(path, Math.round(readFileSync(path).length / 2));
      for (const name of readdirSync(join(at, 'vault')))
        if (name.startsWith('checkpoint-')) rmSync(join(at, 'vault', name));
    });
    expect(await verify(cut, '--checkpoint', file)).toMatchObject({ code: 4, report: { intact: false } });
    // Nothing is overwritten; what is not there has no receipt.
    for (const args of [
      ['5', '--out', file],
      ['A-2026-5', '--out', file],
      [String(entries), '--out', `${file}.2`],
    ]) {
      receipt = await onebox(['audit', 'receipt', ...args, '--data', data]);
      expect([args, receipt.code]).toEqual([args, 2]);
    }
    expect((await onebox(['audit', 'receipt', 'Robin', '--out', `${file}.2`])).code).toBe(64);
    expect(readdirSync(folder)).not.toContain('access.tlog-proof.2');
  });

  it('a log that is gone altogether is not intact', async () => {
    const gone = copy('gone', (at) => {
      rmSync(join(at, 'audit'), { recursive: true });
      for (const name of readdirSync(join(at, 'vault')))
        if (name.startsWith('checkpoint-')) rmSync(join(at, 'vault', name));
    });
    expect(await verify(gone)).toMatchObject({ code: 4, report: { intact: false, entries: 0 } });
  });

  it('no log, no such checkpoint, no such key: 2, and nothing is made', async () => {
    const nowhere = join(folder, 'nowhere');
    expect(await verify(nowhere)).toMatchObject({ code: 2, report: { error: { kind: 'INPUT_INVALID' } } });
    expect(readdirSync(folder)).not.toContain('nowhere');
    expect((await verify(data, '--checkpoint', join(folder, 'no-file'))).code).toBe(2);
    expect((await verify(data, '--key', 'not a key')).code).toBe(2);
  });
});
