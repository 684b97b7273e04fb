import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const devices = (await import(join(root, 'scripts/devices-docs.mjs'))) as { page(): string };
const threats = (await import(join(root, 'scripts/threats-docs.mjs'))) as { page(): string };
const vendors = (await import(join(root, 'scripts/vendor-docs.mjs'))) as {
  page(name: string): string;
  pages: readonly string[];
};

it('docs/devices.md is fresh: node scripts/devices-docs.mjs makes it', () => {
  expect(readFileSync(join(root, 'docs/devices.md'), 'utf8')).toBe(devices.page());
});

it('docs/security/threats.md is fresh: node scripts/threats-docs.mjs makes it', () => {
  expect(readFileSync(join(root, 'docs/security/threats.md'), 'utf8')).toBe(threats.page());
});

it.each(vendors.pages)('docs/vendors/%s is fresh: node scripts/vendor-docs.mjs makes it', (name) => {
  expect(readFileSync(join(root, 'docs/vendors', name), 'utf8')).toBe(vendors.page(name));
});
