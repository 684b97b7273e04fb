import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as esbuild from 'esbuild';
import { root } from './build/files.mjs';
import { table } from './docs/table.mjs';

/**
 * Writes docs/security/threats.md from test/red-team/threats.ts:
 *   node scripts/threats-docs.mjs
 */
const PAGE = join(root, 'docs/security/threats.md');
const { code } = esbuild.transformSync(readFileSync(join(root, 'test/red-team/threats.ts'), 'utf8'), { loader: 'ts' });
const { THREATS } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);

const places = (tests) => [...new Set(tests.map(({ file }) => file))].map((file) => `[${name(file)}](../../${file})`);
const name = (file) => file.replace(/^.*\/([^/]+\/[^/]+)\.test\.ts$/, '$1');

function row({ id, stride, attack, defence, tests, status, left }) {
  return [id, stride, attack, defence, places(tests).join(', ') || 'none', status, left ?? ''];
}

/** The page as Markdown. */
export function page() {
  const count = (status) => THREATS.filter((threat) => threat.status === status).length;
  return [
    '# Threats',
    '',
    '<!-- made by scripts/threats-docs.mjs from test/red-team/threats.ts, do not edit -->',
    '',
    'Who attacks what, what stands against it, and the test that plays the attack. The letters after the number are those',
    'of STRIDE: spoofing, tampering, repudiation, information disclosure, denial of service, elevation of privilege.',
    '',
    'The result is that of this commit. *tested*: the test asserts that the attack is blocked or found, and no commit',
    'passes without it. *open*: there is no defence yet, or no test that shows it. *process*: people see to it.',
    '',
    `${count('tested')} tested, ${count('open')} open, ${count('process')} by process.`,
    '',
    ...table(['threat', 'STRIDE', 'attack', 'defence', 'test', 'result', 'what is left'], THREATS.map(row)),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(dirname(PAGE), { recursive: true });
  writeFileSync(PAGE, page());
}
