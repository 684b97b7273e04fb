import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { onebox, type Result, scratch } from './run.js';

/** A maker's first hour: a project that passes at once, for each transport. */

const folder = scratch();
const TRANSPORTS = ['ble', 'serial'] as const;
const project = (transport: string): string => join(folder, `acme-${transport}`);

interface Report {
  readonly driver: string;
  readonly lines: readonly { readonly status: string; readonly check: string; readonly text: string }[];
  readonly failed: number;
  readonly warnings: number;
  readonly next: string;
}

describe.each(TRANSPORTS)('onebox driver, %s', (transport) => {
  const path = project(transport);
  let made: Result;
  beforeAll(async () => {
    made = await onebox(['driver', 'new', `acme-${transport}`, '--transport', transport, '--folder', path, '--json']);
  }, 300_000);

  it('new writes a whole project and says what comes next', () => {
    expect(made.code, made.stderr).toBe(0);
    const { files, next } = made.json<{ files: string[]; next: string }>();
    expect(files).toEqual(
      expect.arrayContaining([
        'README.md',
        'driver.ts',
        'manifest.json',
        'packets.test.ts',
        'packets.ts',
        'quality.json',
        'recordings/oximeter.findings.jsonl',
        'recordings/oximeter.obrec',
        'simulator.ts',
      ]),
    );
    expect(files.filter((file) => file.includes('.serial.'))).toEqual([]);
    expect(next).toBe(`onebox driver check ${path}`);
    const words = files.map((file) => readFileSync(join(path, file), 'utf8')).join('\n');
    expect(words).not.toMatch(/example-oximeter|4F4E000/);
  });

  it('check passes without a warning, and prints the proof that it only reads', async () => {
    const { code, stdout } = await onebox(['driver', 'check', path]);
    expect(stdout).toMatch(/^acme-\w+ 0\.1\.0 {2}\(pulse-oximeter; /);
    for (const check of [
      'manifest',
      'read only',
      'safety',
      'ambiguity',
      'codes',
      'words',
      'types',
      'files',
      'replay',
      'quality',
    ])
      expect(stdout).toMatch(new RegExp(`^  ok    ${check} `, 'm'));
    expect(stdout).toMatch(/^ {8}identify {2}\S+ {2}A5 01$/m);
    expect(stdout).toContain(`0 failed, 0 warnings.  Next: onebox driver test ${path}`);
    expect(code).toBe(0);
  }, 300_000);

  it('test passes: contract, budgets, recordings, fuzz and every fault', async () => {
    const { code, stdout, stderr } = await onebox(['driver', 'test', path, '--json']);
    const { lines, failed } = JSON.parse(stdout) as Report;
    expect([code, failed], stderr + stdout).toEqual([0, 0]);
    expect(lines.map(({ check }) => check)).toEqual([
      'unit',
      'contract',
      'budget',
      'timing',
      'recordings',
      'fuzz',
      'faults',
      'exempt',
    ]);
    expect(lines.find(({ check }) => check === 'faults')?.text).toMatch(/^oximeter: 16 faults, .*nothing invented$/);
  }, 600_000);

  it('card is what the medic would see', async () => {
    const { code, stdout, stderr } = await onebox(['driver', 'card', path, '--device', 'oximeter']);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^PRACTICE {2}PULSE OXIMETER {2}Example Model One P-1001$/m);
    expect(stdout).toMatch(/^SpO2 +9\d %/m);
    expect(stdout).toMatch(/^battery +82 %/m);
  }, 300_000);

  it('a folder that is not empty is left alone: 2', async () => {
    const before = readFileSync(join(path, 'manifest.json'), 'utf8');
    const again = await onebox(['driver', 'new', 'other', '--transport', transport, '--folder', path]);
    expect([again.code, again.stderr]).toEqual([2, expect.stringContaining('not empty')]);
    expect(readFileSync(join(path, 'manifest.json'), 'utf8')).toBe(before);
  });
});

describe('onebox driver, services of the Bluetooth SIG', () => {
  const path = join(folder, 'acme-strap');

  it('new, check and test pass at once, without a warning; the program is a few lines', async () => {
    const made = await onebox(['driver', 'new', 'acme-strap', '--transport', 'ble', '--kind', 'sig', '--folder', path]);
    expect(made.code, made.stderr).toBe(0);
    const words = readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .join('\n');
    expect(words).not.toMatch(/example-strap|Example-4F4E/);
    expect(readFileSync(join(path, 'driver.ts'), 'utf8').split('\n').length).toBeLessThanOrEqual(60);
    const checked = await onebox(['driver', 'check', path, '--json']);
    expect([checked.code, checked.json()], checked.stdout).toEqual([
      0,
      expect.objectContaining({ failed: 0, warnings: 0 }),
    ]);
    const recording = join(path, 'recordings/strap.obrec');
    const played = await onebox(['replay', recording, '--folder', path]);
    expect([played.code, played.stdout]).toEqual([0, expect.stringMatching(/^DEVELOPER\nPRACTICE .*complete: /s)]);
    expect((await onebox(['replay', recording])).stderr).toMatch(/OB-302/);
    const tested = await onebox(['driver', 'test', path, '--json']);
    expect([tested.code, tested.json<Report>().failed], tested.stdout).toEqual([0, 0]);
    expect(tested.json<Report>().lines.find(({ check }) => check === 'unit')?.text).toBe('2 tests in 1 file passed');
  }, 600_000);

  it('not on a cable: 64', async () => {
    const { code, stderr } = await onebox(['driver', 'new', 'other', '--transport', 'serial', '--kind', 'sig']);
    expect([code, stderr]).toEqual([64, expect.stringContaining('--kind sig is for --transport ble')]);
  });
});

describe('onebox driver', () => {
  it('two projects do not claim the same device', async () => {
    const uuids = await Promise.all(
      ['one', 'two'].map(async (name) => {
        const path = join(folder, name);
        await onebox(['driver', 'new', name, '--transport', 'ble', '--folder', path]);
        return (JSON.parse(readFileSync(join(path, 'manifest.json'), 'utf8')) as { subscriptions: string[] })
          .subscriptions[0];
      }),
    );
    expect(new Set(uuids).size).toBe(2);
  }, 300_000);

  it.each([
    [['driver'], 64],
    [['driver', 'fly', 'x'], 64],
    [['driver', 'new', 'x'], 64],
    [['driver', 'new', 'x', '--transport', 'smoke'], 64],
    [['driver', 'check'], 64],
    [['driver', 'check', 'x', '--fault', 'slow'], 64],
    [['driver', 'new', 'No Id', '--transport', 'ble'], 2],
    [['driver', 'check', join(folder, 'nowhere')], 2],
    [['driver', 'card', join(folder, 'nowhere')], 2],
  ])('%j: %i', async (args, code) => {
    const result = await onebox([...args, '--json']);
    expect([result.code, Object.keys(result.json())]).toEqual([code, ['error']]);
  });

  it('help names all tools of a maker', async () => {
    const { code, stdout } = await onebox(['help', 'driver']);
    expect(code).toBe(0);
    for (const tool of ['new', 'check', 'test', 'card']) expect(stdout).toContain(`onebox driver ${tool} `);
  });
});

const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
if (!existsSync(CHROMIUM)) console.warn(`driver card: no Chromium at ${CHROMIUM}; the pictures are not drawn`);

describe('onebox driver card, pictures', () => {
  const path = join(folder, 'drawn');
  const out = join(folder, 'pictures');
  beforeAll(async () => {
    await onebox(['driver', 'new', 'drawn', '--transport', 'ble', '--folder', path]);
  }, 300_000);

  it.skipIf(!existsSync(CHROMIUM))(
    'are drawn in the three themes',
    async () => {
      const { code, stdout, stderr } = await onebox(
        ['driver', 'card', path, '--device', 'oximeter', '--out', out, '--json'],
        { env: { CHROMIUM_PATH: CHROMIUM } },
      );
      expect(code, stderr).toBe(0);
      const { pictures } = JSON.parse(stdout) as { pictures: string[] };
      expect(pictures).toEqual(['day', 'dark', 'red'].map((theme) => join(out, `oximeter-${theme}.png`)));
      const drawn = pictures.map((file) => readFileSync(file));
      for (const png of drawn) {
        expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
        expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([960, 600]);
        // An empty page has some 3 kB.
        expect(png.length).toBeGreaterThan(30_000);
      }
      expect(new Set(drawn.map((png) => png.toString('base64'))).size).toBe(3);
    },
    180_000,
  );

  it('without a Chromium there is the text, and one line that says how', async () => {
    const { code, stdout, stderr } = await onebox(['driver', 'card', path, '--device', 'oximeter', '--out', out], {
      env: { CHROMIUM_PATH: join(folder, 'no-chromium') },
    });
    expect(code).toBe(0);
    expect(stderr).toBe('No PNGs: they need Chromium. Install it, or name it with CHROMIUM_PATH.\n');
    expect(stdout).toContain('PULSE OXIMETER');
  }, 300_000);
});
