import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const DAEMON = process.env.ONEBOX_CAN_KEYRING ?? '';
export const noKeyring = DAEMON === '' ? 'no gnome-keyring' : undefined;

export interface Keyring {
  /** For a program that is to find it. */
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** A real Secret Service, unlocked, on a message bus of its own; gone with all it keeps when it is stopped. */
export async function startKeyring(): Promise<Keyring> {
  const home = mkdtempSync(join(tmpdir(), 'onebox-keyring-'));
  const running: ChildProcess[] = [];
  const stop = async (): Promise<void> => {
    for (const child of running.reverse()) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  const env = { ...process.env, HOME: home, XDG_RUNTIME_DIR: home, XDG_CURRENT_DESKTOP: 'GNOME' };
  try {
    const bus = spawn('dbus-daemon', ['--session', '--nofork', '--print-address'], {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    running.push(bus);
    const [address] = (await once(bus.stdout, 'data')) as [Buffer];
    const withBus = { ...env, DBUS_SESSION_BUS_ADDRESS: address.toString().trim() };
    const daemon = spawn(DAEMON, ['--foreground', '--unlock', '--components=secrets'], {
      env: withBus,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    running.push(daemon);
    daemon.stdin.end('of this test');
    // Unlocked, then this socket, then the name on the bus; whoever calls before waits for it there.
    while (!existsSync(join(home, 'keyring/control')) && daemon.exitCode === null) await sleep(50);
    return { env: withBus, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
