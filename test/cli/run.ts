import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  readonly said: ((words: string) => Promise<void>) & {
    /** All that was said so far. */
    text(): string;
  };
}

interface StartOptions {
  readonly input?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Standard input stays open. */
  readonly stays?: boolean;
}

const running = new Set<ChildProcess>();

/** Starts the real command. `input` is the whole of its standard input, which is never a terminal. */
export function start(args: readonly string[], { input = '', env = {}, stays = false }: StartOptions = {}): Running {
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
  if (!stays) child.stdin.end(input);
  const result = new Promise<Result>((resolve) => {
    child.on('close', (code, signal) => {
      running.delete(child);
      resolve({ code: code ?? signal ?? 'unknown', stdout, stderr, json: <T>() => JSON.parse(stdout) as T });
    });
  });
  const text = (): string => `${stdout}${stderr}`;
  const said = (words: string) =>
    new Promise<void>((resolve, reject) => {
      const look = (): void => {
        if (text().includes(words)) resolve();
      };
      listeners.add(look);
      void result.then(() => reject(new Error(`it ended before it said "${words}": ${stderr}`)));
      look();
    });
  return { child, result, said: Object.assign(said, { text }) };
}

/** As `start`, with a standard input that stays open for what is written later. */
export function startTyping(args: readonly string[]): Running {
  return start(args, { stays: true });
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

/** The recovery words, when there are any, are then in the file of `second`. */
export async function enrol(data: string, ...more: readonly string[]): Promise<Result> {
  const result = await onebox(['enrol', '--name', 'Robin Vale', '--pin-stdin', '--data', data, '--json', ...more], {
    input: `${PIN}\n`,
  });
  if (result.code === 0)
    writeFileSync(`${data}.words`, result.json<{ recoveryWords: string[] }>().recoveryWords.join(' '));
  return result;
}

/** The second factor with which every run outside of practice begins. */
export const second = (data: string): readonly string[] => ['--words-file', `${data}.words`];

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
