import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const ENTRY = join(import.meta.dirname, '../../cli/dist/onebox.js');
export const PIN = '482915';

export interface Result {
  /** Exit code, or the signal that ended it. */
  readonly code: number | string;
  readonly stdout: string;
  readonly stderr: string;
  /** The one JSON document on standard output; throws when it is not exactly that. */
  json<T = Record<string, unknown>>(): T;
}

export interface Running {
  readonly child: ChildProcess;
  readonly result: Promise<Result>;
  /** Resolves when this text was said on standard error or output. */
  said(text: string): Promise<void>;
}

const running = new Set<ChildProcess>();

/** Starts the real command. `input` is the whole of its standard input, which is never a terminal. */
export function start(
  args: readonly string[],
  { input = '', env = {} }: { readonly input?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Running {
  const child = spawn(process.execPath, [ENTRY, ...args], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  let [stdout, stderr] = ['', ''];
  const listeners = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const listener of listeners) listener();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    for (const listener of listeners) listener();
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const result = new Promise<Result>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? signal ?? 'unknown', stdout, stderr, json: <T>() => JSON.parse(stdout) as T });
    });
  });
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (`${stdout}${stderr}`.includes(text)) resolve();
      };
      listeners.add(look);
      void result.then(() => reject(new Error(`it ended before it said "${text}": ${stderr}`)));
      look();
    });
  return { child, result, said };
}

export function onebox(args: readonly string[], options: Parameters<typeof start>[1] = {}): Promise<Result> {
  return start(args, options).result;
}

/** A folder that is gone after the file's tests; processes that a failed test left end with it. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'onebox-cli-'));
  afterAll(() => {
    for (const child of running) child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

export function enrol(data: string, ...more: readonly string[]): Promise<Result> {
  return onebox(['enrol', '--name', 'Robin Vale', '--pin-stdin', '--data', data, '--json', ...more], {
    input: `${PIN}\n`,
  });
}

/** Runs a few at a time: they wait for devices more than they work. */
export async function fewAtATime<T, R>(
  items: readonly T[],
  count: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const waiting = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: count }, worker));
  return results;
}
