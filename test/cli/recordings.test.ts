import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { interrogationFromJson } from '@onebox/protocol/json.js';
import type { Interrogation } from '@onebox/protocol/messages.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { content } from '../interrogation/bench-top.js';
import { onebox, type Result, scratch } from './run.js';

const folder = scratch();
const file = (name: string): string => join(folder, `${name}.obrec`);

/** Name of the recording, and what is recorded. */
const RECORDINGS = [
  ['icd', []],
  ['icd-unmasked', ['--unmasked']],
  ['glucose', []],
  ['cms50', []],
] as const;

/** Serial numbers and free words, which a mask replaces, as their length. */
function withoutWords(document: unknown): Interrogation {
  const masked = new Set(['serial', 'text', 'vendorText', 'vendorType', 'carrier']);
  const blank = (key: string, value: unknown) =>
    masked.has(key) && typeof value === 'string' ? String(Buffer.byteLength(value)) : value;
  return interrogationFromJson(JSON.parse(JSON.stringify(document, blank)));
}

describe('onebox record and replay', () => {
  const recorded = new Map<string, Result>();
  beforeAll(async () => {
    await Promise.all(
      RECORDINGS.map(async ([name, more]) => {
        const device = name.split('-')[0] ?? name;
        recorded.set(
          name,
          await onebox(['record', '--practice', '--device', device, '--out', file(name), '--json', ...more]),
        );
      }),
    );
  }, 90_000);

  it.each(RECORDINGS.map(([name]) => name))(
    '%s: a replay gives the same findings, byte for byte of the same traffic',
    async (name) => {
      const { code, stdout, stderr } = recorded.get(name)!;
      expect(code, stderr).toBe(0);
      const { recording, interrogation } = JSON.parse(stdout) as { recording: string; interrogation: unknown };
      expect(recording).toBe(file(name));
      expect(statSync(recording).mode & 0o077).toBe(0);
      const played = await onebox(['replay', recording, '--json']);
      expect(played.code, played.stderr).toBe(0);
      const before = content(withoutWords(interrogation));
      const after = content(withoutWords(played.json()));
      expect(after).toEqual(before);
      expect(after.length).toBeGreaterThan(10);
    },
  );

  it('replayed as text it is the same card', async () => {
    const { code, stdout } = await onebox(['replay', file('icd-unmasked')]);
    expect(code).toBe(0);
    expect(stdout).toContain('CRITICAL  shocks delivered today: 2');
  });

  it('nothing is overwritten, and a wrong place is known before a device is read', async () => {
    const [there, nowhere] = await Promise.all([
      onebox(['record', '--practice', '--device', 'icd', '--out', file('icd'), '--json']),
      onebox(['record', '--practice', '--device', 'icd', '--out', join(folder, 'no', 'where.obrec'), '--json']),
    ]);
    for (const { code, stderr } of [there, nowhere]) {
      expect(code).toBe(2);
      expect(stderr).not.toContain('Reading');
    }
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });

  it.each([
    ['nothing', 'RECORDING_INVALID', () => ''],
    ['neither a recording nor what a driver reads', 'FILE_UNKNOWN', () => 'hello\n'],
    ['a header of another version', 'PROTOCOL_VERSION', (text: string) => text.replace('"version":1', '"version":9')],
    ['a broken line', 'RECORDING_INVALID', (text: string) => text.replace(/"hex":"/, '"hex":"zz')],
    ['binary', 'FILE_UNKNOWN', () => '\0\u0001\u0002'],
  ] as const)('%s: 2, and why', async (name, kind, damage) => {
    const path = file(`damaged-${name.replaceAll(' ', '-')}`);
    writeFileSync(path, damage(readFileSync(file('icd-unmasked'), 'utf8')));
    const result = await onebox(['replay', path, '--json']);
    expect([result.code, result.json<{ error: ErrorReport }>().error.kind]).toEqual([2, kind]);
  });

  it('a file that is not there: 2', async () => {
    expect(await onebox(['replay', file('missing')])).toMatchObject({ code: 2, stdout: '' });
  });

  it('a recording that was cut off: what is there is played, and it is partial', async () => {
    const text = readFileSync(file('icd-unmasked'), 'utf8');
    writeFileSync(file('cut'), text.slice(0, Math.round(text.length / 2)));
    const { code, stdout, stderr } = await onebox(['replay', file('cut'), '--json']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('cut off');
    expect(JSON.parse(stdout)).toMatchObject({ completeness: 'COMPLETENESS_PARTIAL' });
  });

  it('a driver that sends something else than then: OB-411, 5, with what it had found', async () => {
    const lines = readFileSync(file('icd-unmasked'), 'utf8').split('\n');
    const outs = lines.flatMap((line, index) => (line.includes('"dir":"out"') ? [index] : []));
    const third = outs[2]!;
    lines[third] = lines[third]!.replace(
      /"hex":"(..)/,
      (_all, byte: string) => `"hex":"${byte === 'ff' ? '00' : 'ff'}`,
    );
    writeFileSync(file('diverged'), lines.join('\n'));
    const { code, stdout, stderr } = await onebox(['replay', file('diverged'), '--json']);
    expect(code).toBe(5);
    expect(stderr).toContain('OB-411');
    expect((JSON.parse(stdout) as { finding: unknown[] }).finding.length).toBeGreaterThan(3);
    const other = await onebox(['replay', file('icd-unmasked'), '--driver', 'ble-glucose-racp', '--json']);
    expect(other.code).not.toBe(0);
  });
});
