import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { checkManifest } from '@onebox/driver-sdk/manifest.js';
import { qualitySchema } from '@onebox/driver-sdk/quality.js';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { type Block, blocksOf, commandsOf, isShown } from './blocks.js';

/** Everything that the pages for device makers tell somebody to type is typed here. */

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'docs/vendors');
const pages = [
  ...readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => ({ name, path: join(folder, name) })),
  { name: 'drivers.md', path: join(root, 'docs/drivers.md') },
];
const all = pages.flatMap(({ name, path }) => blocksOf(name, path));
const LANGUAGES = ['console', 'ts', 'json'];
/** A whole test of a driver waits for slow and silent devices. */
const DEADLINE_MS = 300_000;

// Inside the checkout, so that the packages of the examples are found.
mkdirSync(join(root, '.cache'), { recursive: true });
const scratch = mkdtempSync(join(root, '.cache/vendor-docs-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const fileOf = ({ words }: Block) => words.find((word) => word.startsWith('file='))?.slice('file='.length);

describe('docs/vendors', () => {
  it('has blocks that can be checked, and no others', () => {
    expect(all.length).toBeGreaterThan(20);
    expect(
      all.filter(({ language }) => !LANGUAGES.includes(language)).map(({ page, line }) => `${page}:${line}`),
    ).toEqual([]);
  });

  it('leads to pages and files that exist', () => {
    const broken = pages.flatMap(({ name, path }) =>
      [...readFileSync(path, 'utf8').matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)]
        .map(([, target = '']) => target)
        .filter((target) => !existsSync(join(dirname(path), target)))
        .map((target) => `${name}: ${target}`),
    );
    expect(broken).toEqual([]);
  });
});

describe('JSON in docs/vendors', () => {
  const template = JSON.parse(readFileSync(join(root, 'cli/driver/template/manifest.json'), 'utf8')) as object;
  const blocks = all.filter(({ language }) => language === 'json');
  it.each(blocks.map((block) => [`${block.page}:${block.line}`, block] as const))(
    '%s holds',
    (_at, { words, text }) => {
      const value = JSON.parse(text) as object;
      expect(['manifest', 'quality']).toContain(words[0]);
      if (words[0] === 'quality') expect(qualitySchema.safeParse(value).error?.issues).toBeUndefined();
      // A part of a manifest takes the place of that part in a whole one.
      else expect(checkManifest({ ...template, ...value }).problems).toEqual([]);
    },
  );
});

it('TypeScript in docs/vendors compiles', { timeout: 120_000 }, () => {
  const sources = all
    .filter(({ language }) => language === 'ts')
    .map((block) => {
      const path = join(scratch, 'types', `${block.page.replace('.md', '')}-${block.line}.ts`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, block.text);
      return path;
    });
  expect(sources.length).toBeGreaterThan(3);
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const problems = ts
    .getPreEmitDiagnostics(ts.createProgram(sources, options))
    .filter(({ file }) => file && sources.includes(file.fileName));
  expect(
    problems.map(({ file, start = 0, messageText }) => {
      const { line } = file!.getLineAndCharacterOfPosition(start);
      return `${file!.fileName}:${line + 1} ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
    }),
  ).toEqual([]);
});

// The commands are those of a POSIX shell.
describe.skipIf(process.platform === 'win32').concurrent('commands in docs/vendors', () => {
  const bin = join(scratch, 'bin');
  mkdirSync(bin);
  writeFileSync(
    join(bin, 'onebox'),
    `#!/bin/sh\nexec ${JSON.stringify(process.execPath)} ${JSON.stringify(join(root, 'cli/dist/onebox.js'))} "$@"\n`,
  );
  chmodSync(join(bin, 'onebox'), 0o755);

  const told = pages
    .map(({ name }) => name)
    .filter((name) => all.some(({ page, language }) => page === name && language === 'console'));
  it.each(told)('%s works from its first line to its last', { timeout: DEADLINE_MS }, async (name) => {
    const cwd = mkdtempSync(join(scratch, 'page-'));
    const home = join(cwd, '.home');
    mkdirSync(home);
    const env = {
      ...process.env,
      PATH: `${bin}:${process.env.PATH}`,
      HOME: home,
      XDG_DATA_HOME: home,
      XDG_CONFIG_HOME: home,
    };
    for (const block of all.filter(({ page }) => page === name)) {
      const file = fileOf(block);
      if (file !== undefined) writeFileSync(join(cwd, file), block.text);
      if (block.language !== 'console') continue;
      const at = `${name}:${block.line}`;
      const commands = commandsOf(block);
      // One shell for the block: a variable lives as long as that.
      const script = `set -e\n${commands.map(({ command }) => command).join('\n')}\n`;
      const { stdout, stderr, status } = await run(script, cwd, env);
      if (!block.words.includes('any-exit')) expect(status, `${at}\n${stdout}\n${stderr}`).toBe(0);
      const lines = stdout.split('\n');
      for (const shown of commands.flatMap((one) => one.shown).filter((one) => one.trim() !== '...')) {
        const found = lines.findIndex((line) => isShown(shown, line));
        expect(found, `${at} shows "${shown}", and not\n${lines.join('\n')}`).toBeGreaterThanOrEqual(0);
        lines.splice(0, found + 1);
      }
    }
  });
});

function run(script: string, cwd: string, env: NodeJS.ProcessEnv) {
  return new Promise<{ stdout: string; stderr: string; status: number | string | null }>((resolve, reject) => {
    const child = spawn('sh', ['-c', script], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: DEADLINE_MS });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ stdout, stderr, status: code ?? signal }));
  });
}
