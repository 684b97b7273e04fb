import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc32c } from './crc32c.js';
import { Disk } from './disk.js';
import { readJson, replaceFile, replaceJson } from './replace.js';

let root: string;
const disk = new Disk();
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'onebox-files-'));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

describe('files', () => {
  it('append, sync, cut and read', async () => {
    const path = join(root, 'a');
    const file = await disk.openAppend(path);
    await file.append(Buffer.from('hello '));
    await file.appendDurably(Buffer.from('world'));
    await file.sync();
    expect(file.size).toBe(11);
    await file.truncate(5);
    await file.append(Buffer.from('!'));
    await file.close();
    expect(Buffer.from((await disk.read(path))!).toString()).toBe('hello!');
    const again = await disk.openAppend(path);
    expect(again.size).toBe(6);
    await again.close();
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o077).toBe(0);
  });

  it('that are not there are said to be so', async () => {
    expect(await disk.read(join(root, 'none'))).toBeUndefined();
    expect(await disk.list(join(root, 'none'))).toEqual([]);
    await disk.remove(join(root, 'none'));
    await expect(disk.rename(join(root, 'none'), join(root, 'x'))).rejects.toMatchObject({
      kind: 'STORE_DENIED',
      detail: 'ENOENT',
    });
  });

  it('are replaced whole and shredded', async () => {
    const path = join(root, 'a.json');
    await replaceJson(disk, path, { a: 1 });
    writeFileSync(`${path}.new`, 'left by a crash');
    await replaceFile(disk, path, Buffer.from('{"a":2}'));
    expect(await readJson(disk, path)).toEqual({ a: 2 });
    expect(readdirSync(root)).toEqual(['a.json']);
    await disk.shred(path);
    expect(readFileSync(path)).toHaveLength(7);
    expect(readFileSync(path, 'latin1')).not.toBe('{"a":2}');
  });
});

describe('the CRC', () => {
  it('is the one of RFC 3720', () => {
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Buffer.from('6789'), crc32c(Buffer.from('12345')))).toBe(crc32c(Buffer.from('123456789')));
    expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  });
});

describe('the lock of a folder', () => {
  it('is held once, also within a process, and given back', async () => {
    const unlock = await disk.lock(root);
    await expect(disk.lock(root)).rejects.toMatchObject({ kind: 'STORE_BUSY' });
    await unlock();
    await unlock();
    await (await disk.lock(root))();
    expect(readdirSync(root)).toEqual([]);
  });

  it('is refused while another process holds it, and taken over when that was killed', async () => {
    const module = fileURLToPath(new URL('../dist/files/lock.js', import.meta.url));
    const script = `const { lockFolder } = await import(${JSON.stringify(module)}); await lockFolder(${JSON.stringify(root)}); console.log('held'); setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    await expect(disk.lock(root)).rejects.toMatchObject({ kind: 'STORE_BUSY' });
    child.kill('SIGKILL');
    await exited;
    await (await disk.lock(root))();
  });

  it('of a process whose number was given to another is taken over', async () => {
    writeFileSync(join(root, 'lock'), JSON.stringify({ pid: process.pid, token: 'of an earlier run' }));
    await (await disk.lock(root))();
    writeFileSync(join(root, 'lock'), 'torn');
    await (await disk.lock(root))();
    if (process.platform === 'linux') {
      writeFileSync(
        join(root, 'lock'),
        JSON.stringify({ pid: process.ppid, token: 'x', started: '1', boot: 'another' }),
      );
      await (await disk.lock(root))();
    }
  });

  it('goes to one of many that find a stale one', async () => {
    writeFileSync(join(root, 'lock'), JSON.stringify({ pid: process.pid, token: 'of an earlier run' }));
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => disk.lock(root)));
    const held = results.filter((result) => result.status === 'fulfilled');
    expect(held).toHaveLength(1);
    await held[0]!.value();
  });
});
