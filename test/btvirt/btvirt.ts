import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** BlueZ's own controller emulator: one process is one radio, every connection to its socket one controller. */
export interface Btvirt {
  /** Unix socket (H4) of dual-mode controllers; connected RSSI is always -1, advertised RSSI 127. */
  readonly socket: string;
  stop(): void;
}

const has = (program: string): boolean =>
  (process.env.PATH ?? '').split(path.delimiter).some((folder) => existsSync(path.join(folder, program)));

/** What is missing to run it here; undefined when nothing is. */
export function btvirtMissing(): string | undefined {
  if (process.platform !== 'linux') return 'btvirt runs on Linux only';
  const missing = [
    ...(has('btvirt') ? [] : ['btvirt (apt-get install bluez-test-tools)']),
    ...(has('gcc') ? [] : ['gcc (apt-get install gcc libc6-dev)']),
  ];
  return missing.length > 0 ? missing.join(' and ') : undefined;
}

export async function startBtvirt(): Promise<Btvirt> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'onebox-btvirt-'));
  const shim = path.join(folder, 'shim.so');
  const source = fileURLToPath(new URL('shim.c', import.meta.url));
  execFileSync('gcc', ['-O2', '-Wall', '-shared', '-fPIC', '-o', shim, source, '-ldl']);
  const child = spawn('btvirt', ['-s'], {
    env: { ...process.env, LD_PRELOAD: shim, BTVIRT_DIR: folder },
    stdio: 'ignore',
  });
  child.on('error', () => {});
  child.unref();
  const stop = (): void => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  for (let tries = 0; !existsSync(path.join(folder, 'bt-server-mon')); tries += 1) {
    if (tries > 250 || child.exitCode !== null) {
      stop();
      throw new Error('btvirt did not start');
    }
    await sleep(20);
  }
  return { socket: path.join(folder, 'bt-server-bredrle'), stop };
}
