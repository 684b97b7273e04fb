// `npm run check`: types, lint and format, dead code. `npm run check -- --fix` mends what can be mended.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const fix = process.argv.includes('--fix');
const tool = (name) => join(root, 'node_modules', name);
const steps = [
  ['types', [tool('typescript/bin/tsc'), '-p', root]],
  ['lint and format', [tool('@biomejs/biome/bin/biome'), fix ? 'check' : 'ci', ...(fix ? ['--write'] : []), root]],
  ['dead code', [tool('knip/bin/knip.js'), '--no-progress']],
];
let failed = 0;
for (const [name, args] of steps) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name}`);
  if (status !== 0) failed += 1;
}
process.exitCode = failed > 0 ? 1 : 0;
