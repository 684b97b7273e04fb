import { readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
// @ts-expect-error: a plain build script
import { filesBelow, root } from '../scripts/build/files.mjs';

// The rooms and what each may import (docs/architecture.md). `types` marks imports that must be `import type`.
const ROOMS: Record<string, { folder: string; may: Record<string, 'code' | 'types'> }> = {
  protocol: { folder: 'protocol', may: {} },
  'driver-sdk': { folder: 'drivers/sdk', may: { protocol: 'code' } },
  drivers: { folder: 'drivers', may: { protocol: 'code', 'driver-sdk': 'code' } },
  gateway: { folder: 'gateway', may: { protocol: 'code', 'driver-sdk': 'code' } },
  simulation: {
    folder: 'simulation',
    may: { protocol: 'code', 'driver-sdk': 'code', drivers: 'code', gateway: 'code' },
  },
  electron: { folder: 'electron', may: { protocol: 'code', gateway: 'code', simulation: 'code' } },
  cli: {
    folder: 'cli',
    may: { protocol: 'code', 'driver-sdk': 'code', drivers: 'code', gateway: 'code', simulation: 'code' },
  },
  renderer: { folder: 'renderer', may: { protocol: 'code', gateway: 'types' } },
};

/** Packages that only one room may use: everything that can touch a device, the disk or the window. */
const OWNERS: Record<string, readonly string[]> = {
  electron: ['electron'],
  '@abandonware/noble': ['gateway'],
  // The simulated device's end of a pseudo terminal is set raw by serialport's binding.
  serialport: ['gateway', 'simulation'],
  'ble-host': ['simulation'],
  '@lydell/node-pty': ['simulation'],
  'quickjs-emscripten-core': ['gateway'],
  react: ['renderer'],
  'react-aria-components': ['renderer'],
  'hash-wasm': ['gateway'],
  '@simplewebauthn/server': ['gateway'],
};

/** Pure rooms run in the browser and in the sandbox: no module of Node. */
const PURE = new Set(['protocol', 'driver-sdk', 'drivers', 'renderer']);

const IMPORT =
  /^\s*(import|export)\s+(type\s+)?(?:[^'"]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/gm;

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
}

function roomOf(path: string): string | undefined {
  const rooms = Object.entries(ROOMS).filter(([, { folder }]) => path === folder || path.startsWith(`${folder}/`));
  return rooms.toSorted(([, a], [, b]) => b.folder.length - a.folder.length)[0]?.[0];
}

function imports(): Import[] {
  const found: Import[] = [];
  for (const { folder } of Object.values(ROOMS)) {
    for (const file of filesBelow(join(root, folder), (path: string) => /\.tsx?$/.test(path)) as string[]) {
      for (const match of readFileSync(file, 'utf8').matchAll(IMPORT)) {
        found.push({ from: relative(root, file), to: match[3] ?? match[4] ?? '', typeOnly: match[2] !== undefined });
      }
    }
  }
  return found;
}

const all = imports();
const isTest = (path: string): boolean => /\.test\.tsx?$/.test(path) || /(^|\/)(testing|hostile)\//.test(path);

describe('dependencies point one way', () => {
  it('finds imports at all', () => {
    expect(all.length).toBeGreaterThan(100);
    expect(new Set(all.map(({ from }) => roomOf(from))).size).toBe(Object.keys(ROOMS).length);
  });

  it('no room imports a room that it may not know', () => {
    const wrong = all.filter(({ from, to, typeOnly }) => {
      const room = roomOf(from)!;
      const target = to.startsWith('@onebox/')
        ? to.split('/')[1]!
        : to.startsWith('.')
          ? roomOf(normalize(join(dirname(from), to)))
          : undefined;
      if (target === undefined || target === room) return false;
      const allowed = ROOMS[room]!.may[target];
      return allowed === undefined || (allowed === 'types' && !typeOnly);
    });
    expect(wrong).toEqual([]);
  });

  it('rooms are imported by their package name, not by a path', () => {
    const wrong = all.filter(
      ({ from, to }) => to.startsWith('.') && roomOf(normalize(join(dirname(from), to))) !== roomOf(from),
    );
    expect(wrong).toEqual([]);
  });

  it('what touches devices, disk and windows has one owner', () => {
    const wrong = all.filter(({ from, to, typeOnly }) => {
      if (typeOnly || isTest(from)) return false;
      const owned = Object.keys(OWNERS).find((name) => to === name || to.startsWith(`${name}/`));
      return owned !== undefined && !OWNERS[owned]!.includes(roomOf(from)!);
    });
    expect(wrong).toEqual([]);
  });

  it('pure rooms use nothing of Node', () => {
    const wrong = all.filter(
      ({ from, to, typeOnly }) => PURE.has(roomOf(from)!) && !typeOnly && !isTest(from) && to.startsWith('node:'),
    );
    // Simulators and case modules run on the gateway's side of the sandbox, drivers' programs inside.
    expect(wrong.filter(({ from }) => !/(simulator|cases)[^/]*\.ts$|\/practice\//.test(from))).toEqual([]);
  });
});
