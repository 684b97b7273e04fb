import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { lineOf } from '@onebox/driver-sdk/json-line.js';
import { checkManifest, type Manifest, type ManifestProblem } from '@onebox/driver-sdk/manifest.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from '../arguments.js';
import { UsageError } from '../exit-codes.js';

/** The folder of one driver, as a maker has it on her disk. */
export interface Project {
  /** Absolute. */
  readonly folder: string;
  /** As it was named, for commands that are printed. */
  readonly named: string;
  /** All files, relative to the folder, sorted. */
  readonly files: readonly string[];
  /** The manifest's text; empty when there is none. */
  readonly manifestText: string;
  /** Undefined when it has problems. */
  readonly manifest: Manifest | undefined;
  readonly problems: readonly ManifestProblem[];
}

const SKIPPED = new Set(['node_modules', 'dist', '.git']);

/** The folder that the command line names. Throws UsageError, INPUT_INVALID when it is no folder. */
export function projectOf(args: Arguments): Project {
  const [, tool, named, ...rest] = args.words;
  if (named === undefined || rest.length > 0) throw new UsageError(`driver ${tool} takes one folder.`);
  return openProject(named);
}

/** Reads the folder of a driver. INPUT_INVALID when there is none. */
export function openProject(named: string): Project {
  const folder = resolve(named);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new OneBoxError('INPUT_INVALID', `no folder ${named}: onebox driver new ID --transport ble makes one`);
  const files = listFiles(folder).sort();
  const manifestText = files.includes('manifest.json') ? readFileSync(join(folder, 'manifest.json'), 'utf8') : '';
  return { folder, named, files, manifestText, ...readManifestText(manifestText) };
}

/** The manifest, or MANIFEST_INVALID with every problem as `file:line`. For tools that need a valid one. */
export function validManifest({ manifest, problems }: Project): Manifest {
  if (manifest) return manifest;
  const told = problems.map(({ line, path, message }) => `manifest.json:${line ?? 1} ${path}: ${message}`);
  throw new OneBoxError('MANIFEST_INVALID', told.join('; '));
}

export function readText(project: Project, file: string): string {
  return readFileSync(join(project.folder, file), 'utf8');
}

/** The line of the manifest (from 1) where a value stands. */
export function manifestLine(project: Project, path: readonly (string | number)[]): number {
  return project.manifestText === '' ? 1 : lineOf(project.manifestText, path);
}

/** Names of the recordings, relative to the folder. */
export function recordingsOf({ files }: Project): readonly string[] {
  return files.filter((file) => /^recordings\/[^/]+\.obrec$/.test(file));
}

function readManifestText(text: string): Pick<Project, 'manifest' | 'problems'> {
  if (text === '')
    return { manifest: undefined, problems: [{ path: 'manifest', message: 'there is no manifest.json' }] };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return {
      manifest: undefined,
      problems: [{ path: 'manifest', message: 'not JSON', line: jsonErrorLine(text, error) }],
    };
  }
  const { manifest, problems } = checkManifest(value, text);
  return { manifest, problems };
}

/** Where JSON.parse stopped; it names an offset, or what it read last. */
function jsonErrorLine(text: string, error: unknown): number {
  const offset = /position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
  return text.slice(0, offset === undefined ? text.length : Number(offset)).split('\n').length;
}

function listFiles(folder: string, below = folder): string[] {
  if (!existsSync(below)) return [];
  return readdirSync(below, { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    if (entry.isDirectory()) return SKIPPED.has(basename(path)) ? [] : listFiles(folder, path);
    return entry.isFile() ? [relative(folder, path).replaceAll('\\', '/')] : [];
  });
}
