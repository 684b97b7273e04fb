import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { fewAtATime, onebox, type Result, scratch } from './run.js';

/** What a maker gets wrong: each mistake is named by file and line, with what to do. */

const folder = scratch();
const good = join(folder, 'good');

interface Line {
  readonly status: string;
  readonly check: string;
  readonly text: string;
  readonly at?: { readonly file: string; readonly line?: number };
  readonly mend?: string;
}

beforeAll(async () => {
  const { code, stderr } = await onebox(['driver', 'new', 'good', '--transport', 'ble', '--folder', good]);
  expect(code, stderr).toBe(0);
}, 300_000);

/** How the cases of the project's protocol are run. */
const CASES = `
import { type CaseModule, caseBytes, UnknownCase } from '@onebox/driver-sdk/cases.js';
import { packets } from './packets.js';

const module: CaseModule = {
  protocol: 'acme',
  files: {
    'cases.json': {
      list: 'cases',
      fields: ['hex'],
      run({ hex }) {
        const { batteryPercent } = packets.layouts.status.read(caseBytes(hex));
        if (batteryPercent > 100) throw new UnknownCase('no status');
        return { battery: batteryPercent };
      },
    },
  },
};
export default module;
`;

/** A copy of the project with one file changed. */
function changed(name: string, file: string, change: (text: string) => string): string {
  const path = join(folder, name.replaceAll(/\W+/g, '-'));
  cpSync(good, path, { recursive: true });
  const before = readFileSync(join(path, file), 'utf8');
  const after = change(before);
  expect(after, 'the mistake was made').not.toBe(before);
  writeFileSync(join(path, file), after);
  return path;
}

const manifest = (change: (value: Record<string, unknown>) => object) => (text: string) =>
  JSON.stringify({ ...JSON.parse(text), ...change(JSON.parse(text) as Record<string, unknown>) }, null, 2);
/** The line of a file (from 1) on which this stands. */
const lineWith = (path: string, file: string, what: string): number =>
  readFileSync(join(path, file), 'utf8')
    .split('\n')
    .findIndex((line) => line.includes(what)) + 1;

interface Mistake {
  readonly name: string;
  readonly file: string;
  readonly change: (text: string) => string;
  readonly check: string;
  readonly text: RegExp;
  /** Where it is told: the file, and what stands on the line. */
  readonly at: readonly [file: string, on?: string];
}

const MISTAKES: readonly Mistake[] = [
  {
    name: 'cardiac and silent about the magnet',
    file: 'manifest.json',
    change: manifest(() => ({ deviceClasses: ['icd'] })),
    check: 'safety.magnet',
    text: /magnet/,
    at: ['manifest.json', '{'],
  },
  {
    name: 'a manifest that is no JSON',
    file: 'manifest.json',
    change: (text) => text.replace('"vendor": "Example",', '"vendor": "Example"'),
    check: 'manifest',
    text: /not JSON/,
    at: ['manifest.json', '"deviceClasses"'],
  },
  {
    name: 'a phase that does not exist',
    file: 'manifest.json',
    change: (text) => text.replace('"present"]', '"presence"]'),
    check: 'manifest',
    text: /phases/,
    at: ['manifest.json', '"presence"'],
  },
  {
    name: 'a request that deletes records',
    file: 'manifest.json',
    change: manifest(({ requests }) => ({
      requests: { ...(requests as object), clear: { channel: '2A52', bytes: '02 01' } },
    })),
    check: 'read only',
    text: /clear deletes stored records/,
    at: ['manifest.json', '"02 01"'],
  },
  {
    name: 'a service of another driver',
    file: 'manifest.json',
    change: (text) => text.replace(/"services": \["[0-9A-F]{32}"\]/, '"services": ["1808"]'),
    check: 'ambiguity',
    text: /ble-glucose-racp claims the same ble device/,
    at: ['manifest.json', '"1808"'],
  },
  {
    name: 'a request that is not listed',
    file: 'driver.ts',
    change: (text) => text.replace("request('start')", "request('begin')"),
    check: 'read only',
    text: /request begin is not in the manifest/,
    at: ['driver.ts', "request('begin')"],
  },
  {
    name: 'a question that is not listed',
    file: 'driver.ts',
    change: (text) => text.replace("line.ask('status'", "line.ask('state'"),
    check: 'read only',
    text: /request state is not in the manifest/,
    at: ['driver.ts', "line.ask('state'"],
  },
  {
    name: 'a code that nobody knows',
    file: 'driver.ts',
    change: (text) => text.replace('MDC_PULS_OXIM_SAT_O2', 'MDC_PULS_OXIM_SAT_O9'),
    check: 'codes',
    text: /MDC_PULS_OXIM_SAT_O9/,
    at: ['driver.ts', 'SAT_O9'],
  },
  {
    name: 'a unit that nobody knows',
    file: 'driver.ts',
    change: (text) => text.replace("batteryPercent, '%'", "batteryPercent, 'percent'"),
    check: 'units',
    text: /"percent"/,
    at: ['driver.ts', "'percent'"],
  },
  {
    name: 'a unit that nobody knows in a table',
    file: 'driver.ts',
    change: (text) =>
      text.replace('const ENOUGH', "export const TABLE = [{ of: 'spo2', unit: 'percent' }];\nconst ENOUGH"),
    check: 'units',
    text: /"percent" is not a known unit/,
    at: ['driver.ts', "unit: 'percent'"],
  },
  {
    name: 'a unit that only the host sees',
    file: 'driver.ts',
    change: (text) => text.replace("'{beats}/min'", "'bpm'"),
    check: 'findings',
    text: /left out by the host/,
    at: ['driver.ts'],
  },
  {
    name: 'a sentence for the user',
    file: 'driver.ts',
    change: (text) =>
      text.replace('const ENOUGH', "export const ADVICE = 'The battery is almost empty.';\nconst ENOUGH"),
    check: 'words',
    text: /The battery is almost empty/,
    at: ['driver.ts', 'almost empty'],
  },
  {
    name: 'a module of Node',
    file: 'driver.ts',
    change: (text) =>
      `import { readFileSync } from 'node:fs';\nexport const secret = () => readFileSync('/etc/passwd');\n${text}`,
    check: 'build',
    text: /there is no Node in the sandbox/,
    at: ['driver.ts', 'node:fs'],
  },
  {
    name: 'a value of the wrong type',
    file: 'driver.ts',
    change: (text) => text.replace("batteryPercent, '%'", 'batteryPercent, 5'),
    check: 'types',
    text: /'number' is not assignable to parameter of type 'string'/,
    at: ['driver.ts', 'batteryPercent, 5'],
  },
  {
    name: 'a thing of Node in a parser',
    file: 'packets.ts',
    change: (text) => `${text}export const asHex = (data: Uint8Array): string => Buffer.from(data).toString('hex');\n`,
    check: 'types',
    text: /there is no 'Buffer' here/,
    at: ['packets.ts', 'Buffer.from'],
  },
  {
    name: 'a mistake in the simulator',
    file: 'simulator.ts',
    change: (text) => text.replace('private air: BleAir | undefined', 'private air: BleAir'),
    check: 'types',
    text: /has no initializer/,
    at: ['simulator.ts', 'private air: BleAir;'],
  },
  {
    name: 'a module that is not there',
    file: 'driver.ts',
    change: (text) => text.replace("from './packets.js'", "from './packet.js'"),
    check: 'types',
    text: /Cannot find module '.\/packet.js'/,
    at: ['driver.ts', './packet.js'],
  },
  {
    name: 'a loop that the engine cannot run',
    file: 'driver.ts',
    change: (text) =>
      text.replace(
        'async function* names(',
        `async function* list(): AsyncGenerator<Finding, number[], void> {
  yield identity({ deviceClass: 'pulse-oximeter', manufacturer: 'Example' });
  return [1];
}

export async function* all(): AsyncGenerator<Finding, void, void> {
  for (const one of yield* list()) if (one > 1) return;
}

async function* names(`,
      ),
    check: 'build',
    text: /a yield in the head of a for/,
    at: ['driver.ts', 'for (const one of yield*'],
  },
  {
    name: 'a recording of a patient',
    file: 'recordings/oximeter.obrec',
    change: (text) => text.replace('"practice":true', '"practice":false'),
    check: 'recordings',
    text: /not masked/,
    at: ['recordings/oximeter.obrec', '"format"'],
  },
  {
    name: 'a recording that the driver does not follow',
    file: 'recordings/oximeter.obrec',
    change: (text) => text.replace('"hex":"a502"', '"hex":"a509"'),
    check: 'replay',
    text: /sent .* a502, in the recording .* a509/,
    at: ['recordings/oximeter.obrec', 'a509'],
  },
];

describe('onebox driver check', () => {
  const checked = new Map<string, { readonly path: string; readonly result: Result }>();
  // A check compiles: many at once would only wait for each other.
  beforeAll(async () => {
    await fewAtATime(MISTAKES, 2, async ({ name, file, change }) => {
      const path = changed(name, file, change);
      checked.set(name, { path, result: await onebox(['driver', 'check', path, '--json']) });
    });
  }, 900_000);

  it.each(MISTAKES)('$name: 2, where, and what to do', (mistake) => {
    const { path, result } = checked.get(mistake.name)!;
    const { code, stdout, stderr } = result;
    const { lines, next } = JSON.parse(stdout) as { lines: Line[]; next: string };
    const found = lines.find(({ status, check }) => status === 'FAIL' && check === mistake.check);
    expect(found, stdout + stderr).toBeDefined();
    expect(found?.text).toMatch(mistake.text);
    const [file, on] = mistake.at;
    expect(found?.at?.file).toBe(file);
    if (on) expect(found?.at?.line).toBe(lineWith(path, file, on));
    expect(found?.mend).toBeTruthy();
    expect(next).toMatch(/^fix \S+, then {2}onebox driver check /);
    expect(code).toBe(2);
  });

  it('files that are missing are named', { timeout: 300_000 }, async () => {
    const path = join(folder, 'bare');
    cpSync(good, path, { recursive: true });
    for (const file of ['README.md', 'packets.test.ts', 'recordings', 'simulator.ts'])
      rmSync(join(path, file), { recursive: true });
    const { code, stdout } = await onebox(['driver', 'check', path]);
    expect(code).toBe(2);
    for (const what of ['no README.md', 'no tests', 'no recordings', 'no simulator.ts'])
      expect(stdout).toMatch(new RegExp(`FAIL  files +there (is|are) ${what}`));
  });
});

/** As where the product is installed without the compilers: whoever asks for this package does not find it. */
function without(name: string): NodeJS.ProcessEnv {
  const hook = `export async function resolve(name, context, next) {
    if (name === '${name}') throw new Error('not here');
    return next(name, context);
  }`;
  const path = join(folder, `without-${name}.mjs`);
  const url = `data:text/javascript,${encodeURIComponent(hook)}`;
  writeFileSync(path, `import { register } from 'node:module';\nregister(${JSON.stringify(url)});\n`);
  return { NODE_OPTIONS: `--import ${path}` };
}

it.each([['typescript'], ['esbuild']])('without %s: 1, and how to get it', { timeout: 300_000 }, async (name) => {
  const { code, stderr } = await onebox(['driver', 'check', good], { env: without(name) });
  expect([code, stderr]).toEqual([1, expect.stringMatching(/OB-318 .*npm ci/s)]);
});

describe('onebox driver test', () => {
  it('a value that the device never measured is an invention: 1', { timeout: 300_000 }, async () => {
    const path = changed('invents', 'driver.ts', (text) =>
      text.replace('fields.spo2,', 'fields.spo2 ?? 255,').replace('above: 0, atMost: 100', 'above: 0'),
    );
    const { code, stdout } = await onebox(['driver', 'test', path, '--fault', 'never-measured', '--json']);
    const { lines, next } = JSON.parse(stdout) as { lines: Line[]; next: string };
    expect(code).toBe(1);
    const found = lines.find(({ status }) => status === 'FAIL');
    expect(found?.text).toMatch(/oximeter with never-measured: invented .* 255/);
    expect(found?.at).toEqual({
      file: 'simulated-oximeter.ts',
      line: lineWith(path, 'simulated-oximeter.ts', "'never-measured'"),
    });
    expect(next).toMatch(/then {2}onebox driver test .* --fault never-measured$/);
  });

  it('a driver that falls over damaged bytes: 1, by the packet', { timeout: 300_000 }, async () => {
    const path = changed('falls', 'packets.ts', (text) =>
      text.replace(
        'export const framing = markedFraming(',
        `export const framing: Framing = {
  encode: (frame) => tolerant.encode(frame),
  framer() {
    const framer = tolerant.framer();
    const whole = (results: FrameResult[]) => {
      if (results.some((one) => 'reject' in one)) throw new Error('damaged');
      return results;
    };
    return { push: (bytes) => whole(framer.push(bytes)), flush: () => whole(framer.flush()) };
  },
};
import type { FrameResult, Framing } from '@onebox/driver-sdk/parts/serial-framing.js';
const tolerant = markedFraming(`,
      ),
    );
    const { code, stdout } = await onebox(['driver', 'test', path, '--fault', 'two-alike', '--json']);
    // A healthy device does not show it.
    expect([code, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ failed: 0 })]);
    const whole = await onebox(['driver', 'test', path, '--json']);
    const { lines } = JSON.parse(whole.stdout) as { lines: Line[] };
    expect(whole.code).toBe(1);
    const fuzz = lines.find(({ status, check }) => status === 'FAIL' && check === 'fuzz');
    expect(fuzz?.text).toMatch(/OB-310 DRIVER_CRASHED/);
    expect(fuzz?.at).toMatchObject({ file: 'recordings/oximeter.obrec' });
    expect(lines.some(({ status, text }) => status === 'FAIL' && text.includes('with wrong-checksum'))).toBe(true);
  });

  it('an invalid manifest: 2', { timeout: 60_000 }, async () => {
    const path = changed('invalid', 'manifest.json', (text) => text.replace('"0.1.0"', '"one"'));
    const { code, stderr } = await onebox(['driver', 'test', path]);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/manifest\.json:3 version/)]);
  });

  it('cases that nobody runs: 1', { timeout: 300_000 }, async () => {
    const { code, stdout } = await onebox(['driver', 'test', good, '--cases', folder, '--fault', 'two-alike']);
    expect(code).toBe(1);
    expect(stdout).toMatch(/FAIL {2}cases +there is no cases\.ts/);
  });

  it.each([
    ['right', '52', 0, /ok {4}cases +1 passed, 0 failed/],
    ['wrong', '53', 1, /FAIL {2}cases +0 passed, 1 failed: .*battery.*expected 82, actual 83/],
    ['refused', 'ff', 1, /FAIL {2}cases .*do not know how to run: no status/],
  ])('cases: %s', { timeout: 300_000 }, async (name, hex, expected, said) => {
    const path = join(folder, `cases-${name}`);
    cpSync(good, path, { recursive: true });
    writeFileSync(join(path, 'cases.ts'), CASES);
    const cases = join(folder, `data-${name}`, 'acme');
    mkdirSync(cases, { recursive: true });
    const stated = { id: 'one', hex, expected: { battery: 82 } };
    writeFileSync(join(cases, 'cases.json'), JSON.stringify({ cases: [stated] }));
    const args = ['driver', 'test', path, '--cases', join(cases, '..'), '--fault', 'two-alike'];
    const { code, stdout } = await onebox(args);
    expect(stdout).toMatch(said);
    expect(code).toBe(expected);
  });
});
