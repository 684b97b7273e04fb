import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { interrogationFromJson } from '@onebox/protocol/json.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { onebox, type Result, scratch } from './run.js';

const folder = scratch();
const obx = join(folder, 'a.obx');
const wordsFile = join(folder, 'words');
const open = (file: string, out: string, words = wordsFile) =>
  onebox(['handover', 'open', file, '--words-file', words, '--out', join(folder, out), '--json']);

describe('onebox read --hand-over and onebox handover open', () => {
  let read: Result;
  beforeAll(async () => {
    read = await onebox(['read', '--practice', '--device', 'icd', '--quiet', '--json', '--hand-over', obx]);
    writeFileSync(wordsFile, /^words: (.*)$/m.exec(read.stderr)?.[1] ?? '');
  }, 60_000);

  it('writes one file that only its owner can read, and says its words once, also with --quiet', () => {
    expect(read.code, read.stderr).toBe(0);
    expect(read.stderr).toMatch(/^words: [a-z]+(?: [a-z]+){7}\n$/);
    expect(interrogationFromJson(read.json()).practice).toBe(true);
    expect(read.stdout).not.toContain(readFileSync(wordsFile, 'utf8'));
    expect(readFileSync(obx, 'latin1')).toMatch(/^age-encryption\.org\/v1\n-> scrypt \S{22} 18\n/);
    if (process.platform !== 'win32') expect(statSync(obx).mode & 0o777).toBe(0o600);
  });

  it('opens it again, every file with its hash', async () => {
    const { code, json, stderr } = await open(obx, 'out');
    expect(code, stderr).toBe(0);
    expect(json()).toMatchObject({ facts: { practice: true, deviceClass: 'icd', episodes: 3 } });
    expect(readdirSync(join(folder, 'out')).sort()).toEqual([
      'access.tlog-proof',
      'audit.fhir.ndjson',
      'bundle.fhir.json',
      'card.txt',
      'manifest.json',
      'message.hl7',
    ]);
    // The message is one that this very command reads.
    const replayed = await onebox(['replay', join(folder, 'out', 'message.hl7'), '--quiet']);
    expect(replayed.code, replayed.stderr).toBe(0);
    expect(replayed.stdout).toMatch(/^PRACTICE {2}ICD {2}OneBox Practice Practice ICD VR PRACTICE-4417/);
    expect(replayed.stdout).toMatch(/RV lead .*1990 Ω/);
    const verified = await onebox(['audit', 'verify', join(folder, 'out', 'access.tlog-proof')]);
    expect(verified.stdout + verified.stderr).not.toContain('OB-9');
  }, 60_000);

  it('wrong words, a damaged file, something else, a folder that is there: coded, and nothing is written', async () => {
    const wrong = join(folder, 'wrong');
    const words = readFileSync(wordsFile, 'utf8').split(' ');
    writeFileSync(wrong, words.toReversed().join(' '));
    const few = join(folder, 'few');
    writeFileSync(few, 'lamp river seven');
    const damaged = join(folder, 'damaged.obx');
    const bytes = readFileSync(obx);
    bytes[bytes.length - 40]! ^= 1;
    writeFileSync(damaged, bytes);
    const other = join(folder, 'other.obx');
    writeFileSync(other, 'no hand-over');
    mkdirSync(join(folder, 'there'));
    const results = await Promise.all([
      open(obx, 'x1', wrong),
      open(obx, 'x2', few),
      open(damaged, 'x3'),
      open(other, 'x4'),
      open(join(folder, 'nowhere.obx'), 'x5'),
      open(obx, 'there'),
    ]);
    expect(results.map(({ code, json }) => [code, json<{ error: { kind: string } }>().error.kind])).toEqual([
      [6, 'HANDOVER_WORDS'],
      [6, 'HANDOVER_WORDS'],
      [4, 'HANDOVER_INVALID'],
      [4, 'HANDOVER_INVALID'],
      [2, 'INPUT_INVALID'],
      [2, 'INPUT_INVALID'],
    ]);
    for (const name of ['x1', 'x2', 'x3', 'x4', 'x5']) expect(existsSync(join(folder, name))).toBe(false);
    expect(readdirSync(join(folder, 'there'))).toEqual([]);
  }, 60_000);

  it('a file that is there is not overwritten, and nothing is read for it', async () => {
    const before = readFileSync(obx);
    const { code, stderr } = await onebox(['read', '--practice', '--device', 'icd', '--hand-over', obx]);
    expect([code, stderr.includes('Reading')]).toEqual([2, false]);
    expect(readFileSync(obx).equals(before)).toBe(true);
  });

  it.each([
    [['handover', 'open']],
    [['handover', 'open', 'a.obx']],
    [['handover', 'open', 'a.obx', '--words-file', 'w']],
    [['handover', 'make']],
    [['record', '--practice', '--device', 'icd', '--out', 'x', '--hand-over', 'y']],
  ])('%j is no command line', async (args) => {
    expect((await onebox(args)).code).toBe(64);
  });
});
