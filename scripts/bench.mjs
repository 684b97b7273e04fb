// `npm run bench`: measures OneBox against bare baselines and writes bench/results.md. `npm run bench -- NAME` measures one part and only prints it.
import './setup/node-version.mjs';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureBuild, ensureDependencies } from './setup/dependencies.mjs';

const root = join(import.meta.dirname, '..');
const NAMES = ['icd', 'decode', 'match', 'drivers', 'audit', 'access', 'start'];
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !NAMES.includes(name));
if (unknown !== undefined) {
  console.error(`No part is called ${unknown}; there are ${NAMES.join(', ')}.`);
  process.exit(2);
}

ensureDependencies();
await ensureBuild();
const { machine, markdown, passes } = await import('../bench/lib/report.mjs');
const here = machine();
const parts = [];
for (const name of wanted.length > 0 ? wanted : NAMES) {
  console.error(`Measuring ${name} ...`);
  const started = performance.now();
  const { measure } = await import(`../bench/${name}.mjs`);
  parts.push({ ...(await measure()), seconds: (performance.now() - started) / 1000 });
}
const command = ['npm run bench', ...(wanted.length > 0 ? ['--', ...wanted] : [])].join(' ');
const text = markdown(here, command, parts);
console.log(text);
if (wanted.length === 0) writeFileSync(join(root, 'bench/results.md'), text);
const failed = parts.flatMap(({ rows }) => rows).filter((row) => passes(row) === false);
for (const { figure } of failed) console.error(`over its limit: ${figure}`);
process.exitCode = failed.length > 0 ? 1 : 0;
