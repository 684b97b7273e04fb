import { readdirSync, readFileSync, type Stats, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { compareCase, isObject, type Json, type JsonObject, type Mismatch } from './cases-compare.js';

export type { Json, JsonObject, Mismatch } from './cases-compare.js';
export { isObject as isJsonObject } from './cases-compare.js';

/**
 * Runs decode cases: files of inputs and expected results, one folder per protocol.
 *
 *   FOLDER/PROTOCOL/cases.json                       { "cases": [{ "id", inputs..., "expected" }] }
 *   FOLDER/PROTOCOL/sessions.json                    { "sessions": [{ "id", "steps", "expect" }] }
 *   FOLDER/PROTOCOL/NAME.hex + NAME.expected.json    one capture and what is in it
 *
 * A driver says in its `cases.ts` how to run one case of each file. A case passes only if every expected
 * field is right and every input that is marked as to be refused is refused; whatever is not known fails.
 */
export interface CaseModule {
  /** Name of the folder, e.g. `ble-vitals-gatt`. */
  readonly protocol: string;
  /**
   * By file name (`cases.json`, `sessions.json`), or `*.hex` for captures. A file with another name runs by
   * the entry whose `list` it has.
   */
  readonly files: Readonly<Record<string, CaseFile>>;
  /** JSON files of the folder that hold tables, not cases. */
  readonly tables?: readonly string[];
}

export interface CaseFile {
  /** Key of the array of cases in the document; unused for captures. */
  readonly list?: 'cases' | 'sessions';
  /** Every input field that a case may have beside `id`. A case with another one is not run, it fails. */
  readonly fields: readonly string[];
  /** Where the file states its results in its own way: what is expected of a case, undefined when it says nothing. */
  readonly expectation?: {
    /** Fields that are no input. */
    readonly fields: readonly string[];
    of(content: JsonObject): Json | undefined;
  };
  /**
   * Decodes one case. The input is the case without its expectation and notes; a capture is `{ id, hex }`.
   * The result holds every field of the vocabulary, `null` where there is no value; a refused input is
   * `{ reject: CLASS }`. Numbers are compared as decimals: a JSON number or `{ decimal: '36.40' }`.
   * Throws `UnknownCase` for a kind of case that it does not know.
   */
  run(input: JsonObject): JsonObject | Promise<JsonObject>;
}

/** Thrown by `run`: this kind of case cannot be run. */
export class UnknownCase extends Error {
  override readonly name = 'UnknownCase';
}

/** Thrown by `run` where the input holds an expectation of its own, e.g. an answer within a session. */
export class CaseMismatch extends Error {
  override readonly name = 'CaseMismatch';
  constructor(readonly mismatch: Mismatch) {
    super(mismatch.reason);
  }
}

export interface CaseFailure extends Mismatch {
  readonly id: string;
  readonly file: string;
}

export interface CaseResult {
  readonly protocol: string;
  readonly passed: number;
  readonly failed: number;
  readonly failures: readonly CaseFailure[];
}

/** Says nothing about the device: where a case comes from and why it is there. */
const NOTES = new Set(['note', 'source', 'evidence', 'basis', 'authorNote', 'licence', 'license']);
/** Words of the author of a case beside its inputs. In an expectation these may be values, and are compared. */
const REMARKS = new Set(['comment', 'comments', 'notes', 'description', 'title', 'provenance', 'reference', 'url']);
const EXPECTATIONS = ['expected', 'expect'] as const;
/** Fields that say beside the expectation, or instead of it, that the input must be refused. */
const REFUSALS = ['reject', 'expectReject'] as const;

/**
 * Runs all case files of a folder of protocol folders, or of one protocol folder. A file beside protocol folders that
 * holds no cases, e.g. an index of them, is left alone.
 * @returns one result per protocol folder, in the order of their names
 * @throws OneBoxError CASES_INVALID when the folder cannot be read or holds no case file
 */
export async function runCases(path: string, modules: readonly CaseModule[]): Promise<readonly CaseResult[]> {
  // The name of a folder says its protocol, also where it is given as `.` or by a link.
  const folder = resolve(path);
  const below = list(folder)
    .filter((entry) => entry.stats?.isDirectory())
    .map(({ name }) => join(folder, name));
  const folders = [folder, ...below].filter((each) => holdsCases(each, modules));
  const results: CaseResult[] = [];
  for (const each of folders) results.push(await runProtocol(each, modules));
  if (results.length === 0) throw new OneBoxError('CASES_INVALID', `no case files in ${basename(folder)}`);
  return results;
}

/** `ble-vitals-gatt: 25 passed, 0 failed`, one line per protocol, each failure below it. */
export function describeCaseResults(results: readonly CaseResult[]): string {
  const lines: string[] = [];
  for (const result of results) {
    lines.push(`${result.protocol}: ${result.passed} passed, ${result.failed} failed`);
    for (const { id, file, path, reason, expected, actual } of result.failures) {
      const where = path === '' ? '' : ` ${path}`;
      const what = expected === undefined ? '' : `: expected ${text(expected)}, actual ${text(actual)}`;
      lines.push(`  ${file} ${id}${where}: ${reason}${what}`);
    }
  }
  return lines.join('\n');
}

/** Bytes of hex digits; white space is ignored. Throws UnknownCase when it is not hex. */
export function caseBytes(hex: Json | undefined): Uint8Array {
  const digits = typeof hex === 'string' ? hex.replace(/\s+/g, '') : undefined;
  if (digits === undefined || digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) {
    throw new UnknownCase('the input is not hex');
  }
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

interface Entry {
  readonly name: string;
  /** Of what a link leads to; undefined when it leads nowhere. */
  readonly stats: Stats | undefined;
}

function list(folder: string): Entry[] {
  try {
    const names = readdirSync(folder).sort((a, b) => (a < b ? -1 : 1));
    return names.map((name) => ({ name, stats: statSync(join(folder, name), { throwIfNoEntry: false }) }));
  } catch (cause) {
    throw new OneBoxError('CASES_INVALID', `cannot read the folder ${basename(folder)}`, {}, { cause });
  }
}

function caseFiles(entries: readonly Entry[]): string[] {
  return entries
    .filter(
      (entry) => entry.stats?.isFile() && /\.(json|hex)$/.test(entry.name) && !entry.name.endsWith('.expected.json'),
    )
    .map((entry) => entry.name);
}

/** Of a folder that no driver claims, files without a list of cases are other data: waveforms, tables. */
function holdsCases(folder: string, modules: readonly CaseModule[]): boolean {
  const files = caseFiles(list(folder));
  if (modules.some(({ protocol }) => protocol === basename(folder))) return files.length > 0;
  return files.some((file) => file.endsWith('.hex') || listOf(parse(join(folder, file))) !== undefined);
}

/** The key under which a document holds its cases. */
function listOf(document: Json | undefined): 'cases' | 'sessions' | undefined {
  if (!isObject(document)) return undefined;
  return (['cases', 'sessions'] as const).find((name) => Array.isArray(document[name]));
}

async function runProtocol(folder: string, modules: readonly CaseModule[]): Promise<CaseResult> {
  const protocol = basename(folder);
  const failures: CaseFailure[] = [];
  let passed = 0;
  let failed = 0;
  for (const file of caseFiles(list(folder))) {
    const known = moduleOf(protocol, file, modules);
    if (known?.tables?.includes(file)) continue;
    for (const item of readCases(folder, file, known)) {
      const found = await runCase(item);
      if (found.length === 0) passed += 1;
      else failed += 1;
      failures.push(...found.map((mismatch) => ({ id: item.id, file, ...mismatch })));
    }
  }
  return { protocol, passed, failed, failures };
}

/** By the name of the folder, else by what the name of the folder or of the file begins with: `ble-cgm-ids.rest.json`. */
function moduleOf(folder: string, file: string, modules: readonly CaseModule[]): CaseModule | undefined {
  const begins = (name: string) =>
    modules
      .filter(({ protocol }) => name.startsWith(protocol) && /^[._ -]/.test(name.slice(protocol.length)))
      .sort((a, b) => b.protocol.length - a.protocol.length)[0];
  return modules.find(({ protocol }) => protocol === folder) ?? begins(folder) ?? begins(file);
}

interface CaseItem {
  readonly id: string;
  readonly how: CaseFile | undefined;
  readonly content: JsonObject;
  readonly expected: Json | undefined;
  /** Why the case cannot be run at all. */
  readonly broken?: string;
}

function readCases(folder: string, file: string, known: CaseModule | undefined): readonly CaseItem[] {
  if (file.endsWith('.hex')) return [readCapture(folder, file, known)];
  const parsed = parse(join(folder, file));
  if (!isObject(parsed)) return [broken(file, 'the file is not a JSON object')];
  const key = listOf(parsed);
  if (key === undefined) return [broken(file, 'do not know how to run: the file has no list of cases')];
  const files = known?.files ?? {};
  const how = own(files, file) ?? Object.values(files).find((entry) => entry.list === key);
  return (parsed[key] as readonly Json[]).map((stated, index) => {
    if (!isObject(stated)) return broken(`#${index}`, 'the case is not a JSON object');
    const id = typeof stated.id === 'string' ? stated.id : `#${index}`;
    const content = complete(folder, stated);
    if (content === undefined) return broken(id, 'do not know how to run: the case that it refers to is not there');
    const usable = how?.list === key ? how : undefined;
    const { fields, expected } = expectationOf(content, usable);
    if (expected === undefined) return broken(id, 'do not know how to run: the case has no expectation');
    const input = Object.fromEntries(
      Object.entries(content).filter(
        ([name]) => !fields.includes(name) && !NOTES.has(name) && (!REMARKS.has(name) || how?.fields.includes(name)),
      ),
    );
    return { id, how: usable, content: input, expected };
  });
}

function expectationOf(
  content: JsonObject,
  how: CaseFile | undefined,
): { readonly fields: readonly string[]; readonly expected: Json | undefined } {
  const refusal = REFUSALS.find((field) => content[field] && !how?.fields.includes(field));
  if (refusal !== undefined) {
    const fields = [...REFUSALS, ...EXPECTATIONS, ...(how?.expectation?.fields ?? [])];
    return { fields, expected: { reject: content[refusal]! } };
  }
  const special = how?.expectation?.of(content);
  if (special !== undefined) return { fields: how?.expectation?.fields ?? [], expected: special };
  const name = EXPECTATIONS.find((field) => content[field] !== undefined);
  return { fields: name === undefined ? [] : [name], expected: name === undefined ? undefined : content[name] };
}

/** A case with `sameAs` says only where it differs from another case of the folder, which it names. */
function complete(folder: string, { sameAs, ...stated }: JsonObject): JsonObject | undefined {
  if (sameAs === undefined) return stated;
  for (const file of caseFiles(list(folder))) {
    const parsed = file.endsWith('.json') ? parse(join(folder, file)) : undefined;
    const cases = isObject(parsed) && Array.isArray(parsed.cases) ? (parsed.cases as readonly Json[]) : [];
    const other = cases.find((item) => isObject(item) && item.id === sameAs && item.sameAs === undefined);
    if (isObject(other)) return { ...other, ...stated };
  }
  return undefined;
}

function readCapture(folder: string, file: string, known: CaseModule | undefined): CaseItem {
  const id = basename(file, '.hex');
  const expected = parse(join(folder, `${id}.expected.json`));
  if (!isObject(expected)) return broken(id, 'there is no readable .expected.json beside the capture');
  const hex = readFileSync(join(folder, file), 'utf8').trim();
  return { id, how: known?.files['*.hex'], content: { id, hex }, expected };
}

async function runCase(item: CaseItem): Promise<readonly Mismatch[]> {
  if (item.broken !== undefined) return [{ path: '', reason: item.broken }];
  if (item.how === undefined) return [{ path: '', reason: 'do not know how to run: no driver runs this file' }];
  const how = item.how;
  const strange = Object.keys(item.content).filter((name) => name !== 'id' && !how.fields.includes(name));
  if (strange.length > 0) return strange.map((path) => ({ path, reason: 'do not know how to run: unknown field' }));
  try {
    return compareCase(item.expected, await how.run(item.content), NOTES);
  } catch (error) {
    if (error instanceof UnknownCase) return [{ path: '', reason: `do not know how to run: ${error.message}` }];
    if (error instanceof CaseMismatch) return [error.mismatch];
    return [{ path: '', reason: `the driver failed: ${error instanceof Error ? error.message : String(error)}` }];
  }
}

function broken(id: string, reason: string): CaseItem {
  return { id, how: undefined, content: {}, expected: undefined, broken: reason };
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function parse(path: string): Json | undefined {
  try {
    // Some editors put a byte order mark in front.
    return JSON.parse(readFileSync(path, 'utf8').replace(/^\uFEFF/, '')) as Json;
  } catch {
    return undefined;
  }
}

function text(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
