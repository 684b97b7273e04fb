import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareVersions, newest } from './versions.js';

it('orders as Semantic Versioning does', () => {
  const ordered = [
    '0.9.9',
    '1.0.0-1',
    '1.0.0-alpha',
    '1.0.0-alpha.1',
    '1.0.0-alpha.beta',
    '1.0.0-beta.2',
    '1.0.0-beta.11',
    '1.0.0-rc.1',
    '1.0.0',
    '1.2.0',
    '1.10.0',
    '2.0.0',
  ];
  for (const [i, a] of ordered.entries())
    for (const [j, b] of ordered.entries())
      expect([a, b, Math.sign(compareVersions(a, b))]).toEqual([a, b, Math.sign(i - j)]);
  expect(newest([undefined, '1.9.0', '1.10.0', undefined])).toBe('1.10.0');
  expect(newest([undefined])).toBeUndefined();
});

it('has one order whichever is asked first', () => {
  const version = fc.stringMatching(/^\d{1,2}\.\d{1,2}\.\d{1,2}(-[0-9a-c]{1,2}(\.[0-9a-c]{1,2})?)?$/);
  fc.assert(
    fc.property(version, version, (a, b) => {
      expect(Math.sign(compareVersions(a, b)) + Math.sign(compareVersions(b, a))).toBe(0);
    }),
  );
});
