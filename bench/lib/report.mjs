import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { findElectron } from '../../scripts/setup/electron.mjs';
import { summary } from './statistics.mjs';

const root = join(import.meta.dirname, '../..');
/** Above this, other programs had a good part of the machine. */
const BUSY = 2;

/** True, false, or undefined for a figure without a limit: the median of the ratios counts. */
export function passes({ ratios, atMost, atLeast }) {
  const { median } = summary(ratios);
  if (atMost !== undefined) return median <= atMost;
  if (atLeast !== undefined) return median >= atLeast;
  return undefined;
}

/** What the machine is, taken before the first measurement. */
export function machine() {
  const [load] = loadavg();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' '),
    load,
    lines: [
      `- Machine: ${cpus().length} x ${cpus()[0]?.model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()} ${arch()}`,
      `- OneBox ${version} (${commit()}), Node ${process.versions.node}, Electron ${electronVersion()}`,
      `- Load at the start: ${load.toFixed(1)}${load > BUSY ? '. **The machine was busy: these figures are no measurement, only a trial.**' : ''}`,
    ],
  };
}

/** The whole of results.md. */
export function markdown({ date, lines }, command, parts) {
  const sections = parts.map(({ title, rows, notes, seconds }) =>
    [
      `## ${title}`,
      '',
      '| figure | OneBox | baseline | ratio (smallest to largest) | limit | |',
      '| --- | --- | --- | --- | --- | --- |',
      ...rows.map(line),
      '',
      ...notes.map((note) => `- ${note}`),
      `- Took ${Math.round(seconds)} s.`,
      '',
    ].join('\n'),
  );
  return [
    '# Results',
    '',
    'Written by the run itself. Each ratio is of a product and a baseline measured one after the other on the same machine; the median of the pairs counts.',
    '',
    `- Date: ${date} UTC`,
    ...lines,
    `- Command: \`${command}\``,
    '',
    ...sections,
  ].join('\n');
}

function line(row) {
  const { median, min, max } = summary(row.ratios);
  const limit =
    row.atMost !== undefined ? `at most ${row.atMost}` : row.atLeast !== undefined ? `at least ${row.atLeast}` : '';
  const verdict = { true: 'pass', false: '**FAIL**' }[String(passes(row))] ?? '';
  return `| ${row.figure} | ${number(row.product)} | ${number(row.baseline)} | ${number(median)} (${number(min)} to ${number(max)}) | ${limit} | ${verdict} |`;
}

/** Three digits that count. */
export function number(value) {
  if (value >= 100) return String(Math.round(value));
  return value.toPrecision(3);
}

function commit() {
  try {
    const git = (...args) =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return (
      git('rev-parse', '--short', 'HEAD') +
      (git('status', '--porcelain', '--untracked-files=no') ? ' with changes' : '')
    );
  } catch {
    return 'no commit';
  }
}

function electronVersion() {
  const binary = findElectron();
  if (!binary) return 'not there';
  try {
    return readFileSync(join(binary, '../version'), 'utf8').replace(/^v/, '').trim();
  } catch {
    return 'unknown';
  }
}
