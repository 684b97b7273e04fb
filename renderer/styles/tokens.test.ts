import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { wcagContrast } from 'culori';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8').replaceAll('"', "'");

function tokensOf(selector: string): Readonly<Record<string, string>> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value]),
  );
}

const THEMES = { day: tokensOf(':root'), dark: tokensOf("[data-theme='dark']"), red: tokensOf("[data-theme='red']") };
const TEXT = [
  ['fg', 'bg'],
  ['fg', 'surface2'],
  ['fg2', 'bg'],
  ['fg2', 'surface2'],
  ['accent', 'bg'],
  ['on-accent', 'accent'],
  ['bg', 'fg'],
  ['critical-text', 'critical-fill'],
  ['check-text', 'check-fill'],
  ['note-text', 'note-fill'],
] as const;
const SHAPES = [
  ['line', 'bg'],
  ['critical-line', 'bg'],
  ['check-line', 'bg'],
  ['note-line', 'bg'],
  ['focus', 'bg'],
] as const;

describe.each(Object.entries(THEMES))('colours of %s', (_name, tokens) => {
  it('are all there', () => {
    expect(Object.keys(tokens).sort()).toEqual(Object.keys(THEMES.day).sort());
    expect(Object.keys(tokens).length).toBeGreaterThan(15);
  });

  const contrast = ([front, back]: readonly [string, string]): number =>
    wcagContrast(tokens[front] ?? '', tokens[back] ?? '');

  it('have text contrast of at least 7', () => {
    for (const pair of TEXT) expect(contrast(pair), pair.join(' on ')).toBeGreaterThanOrEqual(7);
  });

  it('have contrast of borders and focus of at least 3', () => {
    for (const pair of SHAPES) expect(contrast(pair), pair.join(' on ')).toBeGreaterThanOrEqual(3);
  });
});

it('Night red has no white, green or blue', () => {
  for (const [name, value] of Object.entries(THEMES.red)) {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((place) => Number.parseInt(value.slice(place, place + 2), 16));
    expect(green, name).toBeLessThanOrEqual(0.5 * red);
    expect(blue, name).toBeLessThanOrEqual(0.45 * red);
  }
});
