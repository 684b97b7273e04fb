import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openProject } from './project.js';
import { checkQuality, qualityOf } from './quality.js';

const drivers = join(import.meta.dirname, '../../drivers');
const ids = readdirSync(drivers).filter((id) => existsSync(join(drivers, id, 'manifest.json')));
const scratch = mkdtempSync(join(tmpdir(), 'onebox-quality-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('quality.json of every driver', () => {
  it.each(ids)('%s claims nothing that its files do not bear out', (id) => {
    const { tier, quality } = qualityOf(join(drivers, id));
    expect(quality.open.filter(({ claimed }) => claimed)).toEqual([]);
    expect(tier, quality.open.map(({ rule, why }) => `${rule}: ${why}`).join('; ')).toBeDefined();
  });
});

describe('a claim against the files', () => {
  it('fails the check, at its line, and takes the tier away', () => {
    const folder = join(scratch, 'generic');
    cpSync(join(drivers, 'ble-glucose-racp'), folder, { recursive: true });
    rmSync(join(folder, 'recordings'), { recursive: true });
    expect(qualityOf(folder).tier).toBeUndefined();
    const failures = checkQuality(openProject(folder)).filter(({ status }) => status === 'FAIL');
    expect(failures.map(({ text }) => text.split(':')[0])).toEqual([
      'recordings is not done',
      'partial-reads is not done',
      'clock is not done',
      'strips-or-trends is not done',
    ]);
    const lines = readFileSync(join(folder, 'quality.json'), 'utf8').split('\n');
    for (const line of failures) {
      if (!('at' in line) || line.at.line === undefined) throw new Error('no line');
      expect(line.text).toContain(
        /"([a-z-]+)"/.exec(lines.slice(0, line.at.line).findLast((one) => /^ {4}"/.test(one))!)![1],
      );
    }
  });

  it('is named where the file is not what it should be', () => {
    const folder = join(scratch, 'broken');
    cpSync(join(drivers, 'generic'), folder, { recursive: true });
    writeFileSync(
      join(folder, 'quality.json'),
      '{\n  "reads": ["a"],\n  "rules": {\n    "clock": { "status": "exempt" }\n  }\n}\n',
    );
    expect(checkQuality(openProject(folder))).toMatchObject([
      { status: 'FAIL', at: { file: 'quality.json', line: 4 } },
    ]);
    expect(() => qualityOf(folder)).toThrow('rules.clock');
  });
});
