import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { HostMessage } from './process-messages.js';

/** One process that runs one driver. */
export interface SandboxProcess {
  send(message: HostMessage): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Resolves once, when the process is gone. */
  readonly exited: Promise<void>;
  /** Ends it at once, whatever it is doing. */
  kill(): void;
  /** Bytes of memory that it holds; undefined where that cannot be learnt. */
  residentBytes(): number | undefined;
}

/** How processes are made: `nodeLauncher` here, one with utilityProcess in the Electron shell. */
export interface ProcessLauncher {
  launch(): SandboxProcess;
}

/** The program that `launch` has to run, with the QuickJS machine beside it. */
export function sandboxEntry(): string {
  // By the package: this may run from the sources, from dist, or inside a bundle.
  const room = dirname(createRequire(import.meta.url).resolve('@onebox/gateway/package.json'));
  return join(room, 'dist/sandbox/sandbox.mjs');
}

/** MiB. V8 of the sandbox process holds the messages and nothing else. */
export const HEAP_MIB = 64;

/** Forks a Node process without environment, that may read its own program and nothing else. */
export function nodeLauncher(entry = sandboxEntry()): ProcessLauncher {
  const permission = process.allowedNodeEnvironmentFlags.has('--permission')
    ? '--permission'
    : '--experimental-permission';
  const execArgv = [
    permission,
    `--allow-fs-read=${dirname(entry)}/*`,
    `--max-old-space-size=${HEAP_MIB}`,
    '--disallow-code-generation-from-strings',
    '--no-warnings',
  ];
  return {
    launch() {
      // One variable at least: an empty environment would be taken for "as the parent" by some runtimes.
      const child = fork(entry, [], {
        execArgv,
        env: { TZ: 'UTC' },
        serialization: 'advanced',
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      const kill = () => void child.kill('SIGKILL');
      // Busy, it would not see that its parent is gone.
      process.once('exit', kill);
      const exited = new Promise<void>((resolve) => {
        child.once('exit', () => resolve());
        child.once('error', () => resolve());
      });
      void exited.then(() => process.off('exit', kill));
      // A message to a process that has just died is lost; its exit tells.
      child.on('error', () => undefined);
      return {
        send: (message) => void (child.connected && child.send(message, () => undefined)),
        onMessage: (listener) => void child.on('message', listener),
        exited,
        kill,
        residentBytes: () => residentBytes(child.pid),
      };
    },
  };
}

/** Linux: pages of 4 KiB in memory. Other systems do not tell without a tool; there the deadlines must do. */
export function residentBytes(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
    return Number.isFinite(pages) ? pages * 4096 : undefined;
  } catch {
    return undefined;
  }
}
