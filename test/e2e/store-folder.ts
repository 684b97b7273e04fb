import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './lanes.js';

/** A data folder of its own for one test file. */
export function newDataFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'onebox-e2e-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.isFile());
}

/** Files of the folder that hold one of these words in clear, in one or two bytes a character. */
export function filesWith(folder: string, words: readonly string[]): string[] {
  const needles = words.flatMap((word) => [Buffer.from(word, 'utf8'), Buffer.from(word, 'utf16le')]);
  return filesIn(folder).filter((path) => {
    const bytes = readFileSync(path);
    return needles.some((needle) => bytes.includes(needle));
  });
}

/** What was read of devices and is kept. */
export const sealedRecords = (folder: string): string[] =>
  filesIn(join(folder, 'records')).filter((path) => path.endsWith('.sealed'));

/** `onebox audit verify` on the folder: exit code and output. */
export function verifyAudit(folder: string): { readonly code: number | null; readonly text: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, 'cli/dist/onebox.js'), 'audit', 'verify', '--data', folder],
    { encoding: 'utf8' },
  );
  return { code: status, text: stdout + stderr };
}
