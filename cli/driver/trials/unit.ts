import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkout, toolsMissing } from '../checkout.js';
import type { Project } from '../project.js';
import { counted, fail, type Line, ok, type Place, warn } from '../report.js';

/** Longest time for all test files together, ms. */
const DEADLINE_MS = 120_000;
const CHECK = 'unit';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What vitest's reporter "json" writes, as far as it is looked at. */
interface TestReport {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: 'passed' | 'failed';
    /** Why the file could not be run at all. */
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
      readonly location?: { readonly line: number };
    }[];
  }[];
}

/** The tests that stand in the folder (`NAME.test.ts`), by the vitest of the checkout. Throws TOOLS_MISSING. */
export async function tryUnitTests(
  { folder, files }: Pick<Project, 'folder' | 'files'>,
  deadlineMs = DEADLINE_MS,
): Promise<readonly Line[]> {
  const tests = files.filter((file) => file.endsWith('.test.ts'));
  if (tests.length === 0)
    return [
      warn(CHECK, 'there are no tests', { file: 'NAME.test.ts' }, 'test the parsers: cut, flipped, random bytes'),
    ];
  const { report, said } = await run(folder, deadlineMs);
  if (!report) return [fail(CHECK, `the tests did not end: ${said}`, { file: tests[0]! }, 'run them one by one')];
  const results = report.testResults;
  const failed = results.flatMap((result) => failures(folder, result));
  if (failed.length > 0) return failed;
  const of = (status: string) =>
    results.flatMap(({ assertionResults }) => assertionResults.filter((one) => one.status === status)).length;
  const left = results.flatMap(({ assertionResults }) => assertionResults).length - of('passed');
  const passed = `${counted(of('passed'), 'test')} in ${counted(results.length, 'file')} passed`;
  return [ok(CHECK, left > 0 ? `${passed}, ${left} skipped` : passed)];
}

function failures(folder: string, { name, status, message, assertionResults }: TestReport['testResults'][number]) {
  const file = inFolder(folder, name);
  const bad = assertionResults.filter((one) => one.status === 'failed');
  const mend = 'mend what it tests, or the test';
  if (bad.length === 0 && status === 'failed')
    return [fail(CHECK, firstLine(message), thrownAt(folder, message) ?? { file }, 'mend it: no test of it was run')];
  return bad.map(({ fullName, failureMessages, location }) => {
    const told = failureMessages[0] ?? 'failed';
    const at = thrownAt(folder, told) ?? { file, ...(location ? { line: location.line } : {}) };
    return fail(CHECK, `${fullName}: ${firstLine(told)}`, at, mend);
  });
}

/** The first place of a stack that is in the folder. */
function thrownAt(folder: string, stack: string): Place | undefined {
  for (const [, path = '', line] of stack.matchAll(/^ +at .*?((?:file:\/\/)?(?:\/|[A-Z]:\\)[^\n:]+):(\d+):\d+\)?$/gm)) {
    const file = inFolder(folder, path.startsWith('file:') ? fileURLToPath(path) : path);
    if (!file.startsWith('..') && !isAbsolute(file)) return { file, line: Number(line) };
  }
  return undefined;
}

const inFolder = (folder: string, path: string): string =>
  relative(realpathSync(folder), existsSync(path) ? realpathSync(path) : path).replaceAll('\\', '/');

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 200 ? `${line.slice(0, 197)}...` : line;
}

/** Runs vitest as a process of its own: tests may print, hang or end their process. */
async function run(
  folder: string,
  deadlineMs: number,
): Promise<{ readonly report: TestReport | undefined; readonly said: string }> {
  const vitest = join(checkout, 'node_modules/vitest/vitest.mjs');
  const config = join(checkout, 'scripts/build/driver-tests.config.mjs');
  if (!existsSync(vitest) || !existsSync(config)) throw toolsMissing('vitest', undefined);
  const scratch = mkdtempSync(join(tmpdir(), 'onebox-unit-'));
  const file = join(scratch, 'report.json');
  try {
    const args = [vitest, 'run', '--root', realpathSync(folder), '--config', config];
    const said = await ended([...args, '--reporter=json', `--outputFile=${file}`], deadlineMs);
    return { report: existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TestReport) : undefined, said };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What it said last, when it has ended or was stopped, with every process that it started. */
function ended(args: readonly string[], deadlineMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    // What runs in a test environment already must not change how these run.
    const { VITEST: _vitest, VITEST_POOL_ID: _pool, VITEST_WORKER_ID: _worker, ...env } = process.env;
    const group = process.platform !== 'win32';
    const child = spawn(process.execPath, [...args], {
      env: { ...env, NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: group,
    });
    const stop = (): void => {
      // A test that never ends does not hear a milder signal.
      if (child.pid !== undefined && group) process.kill(-child.pid, 'SIGKILL');
      else child.kill('SIGKILL');
    };
    const interrupt = (signal: NodeJS.Signals): void => {
      stop();
      settled();
      process.kill(process.pid, signal);
    };
    const timer = setTimeout(stop, deadlineMs);
    for (const signal of SIGNALS) process.on(signal, interrupt);
    const settled = (): void => {
      clearTimeout(timer);
      for (const signal of SIGNALS) process.removeListener(signal, interrupt);
    };
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = `${said}${text}`.slice(-2000);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      settled();
      const last = said.trim().split('\n').at(-1);
      resolve(signal ? `stopped after ${deadlineMs / 1000} s` : last || `exit code ${code}`);
    });
  });
}
