// `npm test`: sets up what is missing and runs everything. `npm test -- FILTER` runs the test files whose path contains FILTER.
import './setup/node-version.mjs';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capabilities, installTools, testEnvironment } from './setup/capabilities.mjs';
import { ensureBuild, ensureDependencies } from './setup/dependencies.mjs';

const root = join(import.meta.dirname, '..');
const filters = process.argv.slice(2);

ensureDependencies();
installTools();
await ensureBuild();
const { found, missing } = capabilities();
for (const { name, lane, unexpected } of missing) {
  console.error(`${unexpected ? 'UNEXPECTED: ' : ''}cannot run here, no ${name}: ${lane}`);
}

const results = join(root, '.cache/test-results');
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });
// Building the user interface has set NODE_ENV to production in this process.
const env = { ...process.env, NODE_ENV: 'test', ...testEnvironment(found) };
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const totals = { passed: 0, failed: 0, skipped: 0 };

if (filters.length === 0) lane('check', [process.execPath, join(root, 'scripts/check.mjs')]);
test('unit', []);
test(
  'e2e',
  found.xvfb && process.platform === 'linux' && !process.env.DISPLAY
    ? [found.xvfb, '-a', '-s', '-screen 0 1920x1200x24']
    : [],
);

for (const { name } of missing.filter(({ unexpected }) => unexpected)) {
  console.error(`FAILED: ${name} should be here and is not.`);
  totals.failed += 1;
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 ? 1 : 0;

function test(project, wrapper) {
  const report = join(results, `${project}.json`);
  const command = [
    ...wrapper,
    process.execPath,
    vitest,
    'run',
    '--project',
    project,
    '--passWithNoTests',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
    ...filters,
  ];
  const status = spawn(command);
  let counted;
  try {
    counted = JSON.parse(readFileSync(report, 'utf8'));
  } catch {
    totals.failed += 1;
    console.error(`${project}: no report (exit ${status})`);
    return;
  }
  totals.passed += counted.numPassedTests;
  totals.failed += counted.numFailedTests;
  totals.skipped += counted.numPendingTests + counted.numTodoTests;
  // A file that does not load, or an error outside any test, fails the run without a failed test.
  if (status !== 0 && counted.numFailedTests === 0) totals.failed += 1;
}

function lane(name, command) {
  const status = spawn(command);
  totals[status === 0 ? 'passed' : 'failed'] += 1;
  if (status !== 0) console.error(`${name} failed`);
}

function spawn([command, ...args]) {
  return spawnSync(command, args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] }).status ?? 1;
}
