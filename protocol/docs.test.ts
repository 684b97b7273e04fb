import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const { page, reference } = (await import(join(root, 'scripts/protocol-docs.mjs'))) as {
  page(): string;
  reference(): string;
};

test('docs/protocol.md is fresh: node scripts/protocol-docs.mjs makes it', () => {
  expect(readFileSync(join(root, 'docs/protocol.md'), 'utf8')).toBe(page());
});

test('every message and enumeration says what it is', () => {
  const lines = reference().split('\n');
  const silent = lines.filter((line, i) => line.startsWith('### ') && !/^[A-Z]/.test(lines[i + 2] ?? ''));
  expect(silent).toEqual([]);
  expect(lines.filter((line) => line.startsWith('### ')).length).toBeGreaterThan(50);
});
