import type { ProcessLauncher, SandboxProcess } from '@onebox/gateway/driver-host/launcher.js';
import { HEAP_MIB, residentBytes, sandboxEntry } from '@onebox/gateway/driver-host/launcher.js';
import { utilityProcess } from 'electron';

/**
 * Sandbox processes as Electron utility processes. Flags of Node are ignored there without a word, only
 * `--js-flags` counts, and an empty environment would mean "as the parent".
 */
export function utilityLauncher(entry = sandboxEntry()): ProcessLauncher {
  return {
    launch(): SandboxProcess {
      const child = utilityProcess.fork(entry, [], {
        serviceName: 'OneBox driver',
        stdio: 'ignore',
        env: { TZ: 'UTC' },
        execArgv: [`--js-flags=--max-old-space-size=${HEAP_MIB}`],
      });
      const waiting: unknown[] = [];
      let up = false;
      let gone = false;
      const exited = new Promise<void>((resolve) => {
        child.once('exit', () => {
          gone = true;
          resolve();
        });
      });
      child.once('spawn', () => {
        up = true;
        for (const message of waiting.splice(0)) child.postMessage(message);
      });
      return {
        send: (message) => {
          if (gone) return;
          if (up) child.postMessage(message);
          else waiting.push(message);
        },
        onMessage: (listener) => void child.on('message', listener),
        exited,
        kill: () => {
          // A guest that loops in native code answers to nothing softer.
          if (child.pid === undefined) child.once('spawn', () => kill(child.pid));
          else kill(child.pid);
        },
        residentBytes: () => residentBytes(child.pid),
      };
    },
  };
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
