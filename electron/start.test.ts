import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const dist = join(import.meta.dirname, 'dist');

/** Sources of the scripts that are read before the first screen: the main script, what it imports, and the gateway. */
function sourcesOfStart(): readonly string[] {
  const seen = new Set<string>();
  const sources: string[] = [];
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const code = readFileSync(file, 'utf8');
    if (existsSync(`${file}.map`)) sources.push(...JSON.parse(readFileSync(`${file}.map`, 'utf8')).sources);
    // The gateway is imported when the page has what it needs; what the gateway itself imports late is late.
    const imports = file.endsWith('/main.js') ? /(?:from|import)\s*\(?"(\.[^"]+)"/g : /(?:from|import)"(\.[^"]+)"/g;
    for (const [, path] of code.matchAll(imports)) visit(join(file, '..', path!));
  };
  visit(join(dist, 'main.js'));
  return sources;
}

it('reads neither schemas nor the messages of devices before the first screen', () => {
  const sources = sourcesOfStart();
  const has = (part: string) => sources.some((source) => source.includes(part));
  expect([has('gateway/gateway.ts'), has('gateway/router.ts'), has('generated/audit.js')]).toEqual([true, true, true]);
  for (const late of ['node_modules/zod', 'generated/onebox.js', 'generated/convert.js', 'gateway/reading.ts'])
    expect(has(late), late).toBe(false);
});
