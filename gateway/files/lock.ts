import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Unlock } from './files.js';

/** Who holds a lock. Pids are used again, so the start time of the process and of the machine belong to it. */
interface Holder {
  readonly pid: number;
  readonly token: string;
  readonly started?: string;
  readonly boot?: string;
}

const TOKEN = randomBytes(16).toString('hex');
const NAME = 'lock';
const TRIES = 20;

/**
 * Takes `folder/lock` for this process by a hard link, which only one process can make. A lock whose
 * holder is dead is removed under a second lock, so that two that come at once do not both take over.
 * Throws STORE_BUSY.
 */
export async function lockFolder(folder: string): Promise<Unlock> {
  const path = join(folder, NAME);
  for (let attempt = 0; attempt < TRIES; attempt++) {
    if (await claim(path)) return once(() => unlink(path));
    const holder = await readHolder(path);
    if (holder !== undefined && isAlive(holder)) throw new OneBoxError('STORE_BUSY', `process ${holder.pid}`);
    await clearStale(path);
  }
  throw new OneBoxError('STORE_BUSY');
}

async function clearStale(path: string): Promise<void> {
  const guard = `${path}.takeover`;
  if (!(await claim(guard))) {
    const other = await readHolder(guard);
    if (other === undefined || !isAlive(other)) await absentOk(unlink(guard));
    else await new Promise((resolve) => setTimeout(resolve, 10));
    return;
  }
  try {
    const holder = await readHolder(path);
    if (holder === undefined || !isAlive(holder)) await absentOk(unlink(path));
  } finally {
    await absentOk(unlink(guard));
  }
}

async function claim(path: string): Promise<boolean> {
  const own = `${path}.${TOKEN}-${randomBytes(4).toString('hex')}`;
  const me: Holder = { pid: process.pid, token: TOKEN, ...times(process.pid) };
  await writeFile(own, JSON.stringify(me), { mode: 0o600, flag: 'wx' });
  try {
    await link(own, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await unlink(own);
  }
}

/** Undefined: no lock, or one that no process of ours can have written whole. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (typeof holder === 'object' && holder !== null && 'pid' in holder && 'token' in holder) {
      const { pid, token } = holder;
      if (typeof pid === 'number' && Number.isInteger(pid) && pid > 0 && typeof token === 'string')
        return holder as Holder;
    }
    return undefined;
  } catch {
    return undefined;
  }
}

function isAlive(holder: Holder): boolean {
  if (holder.pid === process.pid) return holder.token === TOKEN;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return false;
  }
  const now = times(holder.pid);
  const differs = (then: string | undefined, value: string | undefined) =>
    then !== undefined && value !== undefined && then !== value;
  return !differs(holder.boot, now.boot) && !differs(holder.started, now.started);
}

/** Start of the process in ticks since boot, and the id of the boot; Linux only. */
function times(pid: number): Pick<Holder, 'started' | 'boot'> {
  try {
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const started = status.slice(status.lastIndexOf(')') + 2).split(' ')[19];
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return { ...(started === undefined ? {} : { started }), boot };
  } catch {
    return {};
  }
}

function once(release: () => Promise<void>): Unlock {
  let released: Promise<void> | undefined;
  return () => {
    released ??= absentOk(release());
    return released;
  };
}

async function absentOk(operation: Promise<void>): Promise<void> {
  try {
    await operation;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
