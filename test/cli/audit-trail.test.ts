import { cpSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AuditExport, AuditTrail } from '@onebox/gateway/exports/trail.js';
import type { ErrorReport } from '@onebox/protocol/errors.js';
import { beforeAll, describe, expect, it } from 'vitest';
import { enrol, onebox, PIN, scratch, second } from './run.js';

const folder = scratch();
const data = join(folder, 'store');
const others = join(folder, 'others');
const input = `${PIN}\n`;

/** `onebox audit ...` by the person of the store. */
const audit = (args: readonly string[], { at = data, person = 'Robin Vale' } = {}) =>
  onebox(
    [
      'audit',
      ...args,
      '--data',
      at,
      '--person',
      person,
      '--pin-stdin',
      ...second(at === others ? others : data),
      '--json',
    ],
    {
      input,
    },
  );

describe('onebox audit show and export', () => {
  beforeAll(async () => {
    const enrolled = await Promise.all([enrol(data, '--role', 'privacy-officer'), enrol(others)]);
    expect(enrolled.map(({ code }) => code)).toEqual([0, 0]);
  });

  it('lists the log for the privacy officer', async () => {
    const { code, json } = await audit(['show']);
    expect(code).toBe(0);
    const { intact, entries, rows } = json<AuditTrail>();
    expect([intact, rows.length]).toEqual([true, entries]);
    expect(rows.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['enrolled', 'unlocked', 'applicationStopped']),
    );
    const text = await onebox(
      ['audit', 'show', '--last', '2', '--data', data, '--person', 'Robin Vale', '--pin-stdin', ...second(data)],
      { input },
    );
    expect(text.code).toBe(0);
    const lines = text.stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^Chain intact · \d+ entries · last seal /);
    expect(lines[2]).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} {2}#\d+ {2}Log checked/);
    expect(text.stdout).not.toContain('Robin');
  });

  it('another role, no person, a wrong PIN: 6, and nothing is written', async () => {
    const out = join(folder, 'denied');
    const attempts = await Promise.all([
      audit(['show'], { at: others }),
      onebox(['audit', 'show', '--data', data, '--json']),
    ]);
    const forbidden = await audit(['export', '--format', 'fhir', '--out', out], { at: others });
    const practice = await audit(['export', '--format', 'fhir', '--out', out, '--practice'], { at: others });
    const wrong = await onebox(
      [
        'audit',
        'export',
        '--format',
        'log',
        '--out',
        out,
        '--data',
        data,
        '--person',
        'Robin Vale',
        '--pin-stdin',
        ...second(data),
        '--json',
      ],
      { input: '111222\n' },
    );
    const kinds = [...attempts, forbidden, practice, wrong].map((one) => [
      one.code,
      one.json<{ error: ErrorReport }>().error.kind,
    ]);
    expect(kinds).toEqual([
      [6, 'FORBIDDEN'],
      [6, 'PERSON_UNKNOWN'],
      [6, 'FORBIDDEN'],
      [6, 'FORBIDDEN'],
      [6, 'FACTORS_WRONG'],
    ]);
    expect(existsSync(out)).toBe(false);
  });

  it.each(['fhir', 'dicom'])('exports as %s, once', async (format) => {
    const out = join(folder, `log.${format}`);
    const first = await audit(['export', '--format', format, '--out', out]);
    expect(first.code, first.stderr).toBe(0);
    const { items, bytes } = first.json<AuditExport>();
    expect(statSync(out).size).toBe(bytes);
    const text = readFileSync(out, 'utf8');
    expect(text.match(/\n/g)!.length).toBe(format === 'fhir' ? items : items + 3);
    const second = await audit(['export', '--format', format, '--out', out]);
    expect([second.code, readFileSync(out, 'utf8') === text]).toEqual([2, true]);
  });

  it('exports the signed log, which verifies, with the key that was said; a cut copy does not', async () => {
    const out = join(folder, 'copy');
    const { code, json } = await audit(['export', '--format', 'log', '--out', out]);
    expect(code).toBe(0);
    const { key } = json<AuditExport>();
    const verify = (at: string) => onebox(['audit', 'verify', '--data', at, '--key', key!, '--json']);
    const good = await verify(out);
    expect([good.code, good.json().intact, (good.json().signed as number) > 0]).toEqual([0, true, true]);
    const cut = join(folder, 'cut');
    cpSync(out, cut, { recursive: true });
    const segment = join(cut, 'audit', readdirSync(join(cut, 'audit'))[0]!);
    truncateSync(segment, statSync(segment).size >> 1);
    expect((await verify(cut)).code).toBe(4);
  });

  it('a damaged log: 4 all the same, and it is exported', async () => {
    const broken = join(folder, 'broken');
    cpSync(data, broken, { recursive: true });
    const segment = join(broken, 'audit', readdirSync(join(broken, 'audit'))[0]!);
    const bytes = readFileSync(segment);
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(segment, bytes);
    const out = join(folder, 'broken-copy');
    const { code, json, stderr } = await audit(['export', '--format', 'log', '--out', out], { at: broken });
    expect([code, json<AuditExport>().intact]).toEqual([4, false]);
    expect(stderr).toContain('The log is not intact');
    expect(readFileSync(join(out, 'audit', readdirSync(join(out, 'audit'))[0]!)).equals(bytes)).toBe(true);
    expect((await audit(['show'], { at: broken })).code).toBe(4);
  });

  it.each([
    ['no format', ['export', '--out', join(folder, 'x')]],
    ['a format that does not exist', ['export', '--format', 'constructor', '--out', join(folder, 'x')]],
    ['no file', ['export', '--format', 'fhir']],
    ['more words', ['show', 'all']],
    ['an option of another part', ['show', '--format', 'fhir']],
    ['a number that is none', ['show', '--last', '0']],
    ['a part that does not exist', ['erase']],
  ])('%s: 64', async (_name, args) => {
    expect((await audit(args)).code).toBe(64);
  });
});
