import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const clones: string[] = [];

afterEach(() => {
  for (const clone of clones.splice(0)) rmSync(clone, { recursive: true });
});

/** A fresh clone with one dependency, which asks the given oldest Node; its cache of packages is empty. */
function inClone(script: string, oldest: string): { status: number | null; said: string } {
  const clone = mkdtempSync(join(tmpdir(), 'onebox-clone-'));
  clones.push(clone);
  const root = { name: 'onebox', version: '0.1.0', dependencies: { react: '1.0.0' } };
  const packages = { '': root, 'node_modules/react': { version: '1.0.0' } };
  cpSync(join(ROOT, 'scripts'), join(clone, 'scripts'), { recursive: true });
  writeFileSync(join(clone, 'package.json'), JSON.stringify({ ...root, engines: { node: `>=${oldest}` } }));
  writeFileSync(join(clone, 'package-lock.json'), JSON.stringify({ ...root, lockfileVersion: 3, packages }));
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(clone, 'scripts', script)], {
    cwd: clone,
    env: {
      ...process.env,
      npm_config_registry: 'http://127.0.0.1:9', // nobody answers there
      npm_config_fetch_retries: '0',
      npm_config_cache: join(clone, 'cache'),
    },
    encoding: 'utf8',
  });
  const said = stdout + stderr;
  expect(said).not.toMatch(/^ +at /m);
  return { status, said };
}

describe.each(['start.mjs', 'test.mjs', 'bench.mjs'])('%s', (script) => {
  test('says which Node it needs, where this one is too old', () => {
    const { status, said } = inClone(script, '99.1');
    expect(status).toBe(1);
    expect(said).toContain(`OneBox needs Node 99.1 or newer, and this is ${process.versions.node}`);
  });

  test('says what to do where the packages cannot be had', () => {
    const { status, said } = inClone(script, '9.100');
    expect(status).toBe(1);
    expect(said).toContain('ECONNREFUSED');
    expect(said).toContain('The packages could not be installed');
  });
});
