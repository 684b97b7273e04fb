import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { globMatches, globPrefix, globSpecificity, globsOverlap } from './glob.js';

const token = fc.constantFrom('*', '?', '#', 'a', 'b', '1');
const pattern = fc.array(token, { maxLength: 6 }).map((parts) => parts.join(''));
const name = fc.array(fc.constantFrom('a', 'b', '1', '2'), { maxLength: 6 }).map((parts) => parts.join(''));
const expression = (glob: string) =>
  new RegExp(`^${glob.replaceAll('*', '.*').replaceAll('?', '.').replaceAll('#', '[0-9]')}$`, 's');

describe('name patterns', () => {
  it('match as the regular expression that they stand for', () => {
    fc.assert(
      fc.property(
        pattern,
        name,
        (glob, text) => void expect(globMatches(glob, text)).toBe(expression(glob).test(text)),
      ),
    );
  });

  it('two overlap when a name matches both', () => {
    fc.assert(
      fc.property(pattern, pattern, name, (a, b, text) => {
        if (globMatches(a, text) && globMatches(b, text)) expect(globsOverlap(a, b)).toBe(true);
        expect(globsOverlap(a, b)).toBe(globsOverlap(b, a));
      }),
    );
    expect(globsOverlap('AB*', 'AC*')).toBe(false);
    expect(globsOverlap('A#', 'Ax')).toBe(false);
  });

  it('no pattern is a bomb', () => {
    const started = performance.now();
    expect(globMatches('*a*a*a*a*b', 'a'.repeat(20_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('tell how special they are and what names start with', () => {
    expect(globSpecificity('OX-##*')).toBe(8);
    expect(globPrefix('OX-##*')).toBe('OX-');
  });
});
