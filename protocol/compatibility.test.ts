import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { afterAll, describe, expect, test } from 'vitest';
import { onebox } from './generated/convert.js';
import { interrogationFromJson, interrogationToJson } from './json.js';
import { type Interrogation, v1 } from './messages.js';
import { validateFinding, validateInterrogation } from './validate.js';
import { examples, FINDINGS } from './validation/examples.js';

const room = import.meta.dirname;
const proto = join(room, 'proto');
const versions = readdirSync(join(room, 'released'));
const scratch = mkdtempSync(join(tmpdir(), 'onebox-schema-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const buf = (...args: string[]) => {
  const run = spawnSync(process.execPath, [join(room, '../node_modules/@bufbuild/buf/bin/buf'), ...args], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { status: run.status, output: run.stdout + run.stderr };
};
/** A copy of the schema with one edit, as a folder. */
const edited = (name: string, file: string, from: string, to: string) => {
  const folder = join(scratch, name);
  cpSync(proto, folder, { recursive: true });
  const path = join(folder, 'onebox/v1', file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
  return folder;
};

describe('the schema', () => {
  test('follows the rules of buf', () => {
    expect(buf('lint', proto)).toEqual({ status: 0, output: '' });
  });

  test.each(versions)('does not break version %s', (version) => {
    expect(buf('breaking', proto, '--against', join(room, 'released', version))).toEqual({ status: 0, output: '' });
  });

  // The check is worth something only if it finds a breaking change.
  test.each([
    ['a type changed', 'value.proto', 'sint64 coefficient = 1;', 'string coefficient = 1;'],
    ['a number changed', 'value.proto', 'string unit = 2;\n  // Unspecified', 'string unit = 9;\n  // Unspecified'],
    ['a field removed', 'finding.proto', '  string serial = 5;\n  string firmware = 6;', '  string firmware = 6;'],
    ['a field renamed', 'finding.proto', 'string vendor_text = 9;', 'string maker_text = 9;'],
    ['an enumeration value removed', 'value.proto', '  VALIDITY_TEST = 9;\n', ''],
  ])('is caught with %s', (name, file, from, to) => {
    const { status, output } = buf(
      'breaking',
      edited(name.replaceAll(' ', '-'), file, from, to),
      '--against',
      join(room, 'released', versions[0] ?? ''),
    );
    expect(status, output).toBe(100);
    expect(output).toContain(file);
  });

  test('may grow', () => {
    const grown = edited('grown', 'value.proto', 'message Decimal {', 'message Decimal {\n  string note = 3;');
    expect(buf('breaking', grown, '--against', join(room, 'released', versions[0] ?? ''))).toEqual({
      status: 0,
      output: '',
    });
  });
});

interface Recording {
  readonly message: keyof ReturnType<typeof examples>;
  readonly base64: string;
  readonly json: object;
}

describe.each(versions)('messages of version %s', (version) => {
  const recordings = JSON.parse(
    readFileSync(join(room, 'released', version, 'recordings.json'), 'utf8'),
  ) as Recording[];

  test('are there for every kind of message', () => {
    expect(recordings.map(({ message }) => message)).toEqual(Object.keys(examples()));
  });

  test.each(recordings)('are read: $message', ({ message, base64, json }) => {
    const type = v1[message];
    const read = type.decode(Buffer.from(base64, 'base64'));
    expect(onebox.v1[message].toObject(read as never, { enums: String, bytes: String, longs: Number })).toEqual(json);
    // Written again they are the same bytes: nothing was lost.
    expect(Buffer.from(type.encode(read as never).finish()).toString('base64')).toBe(base64);
  });

  test('are right by the rules, and come through JSON', () => {
    const bytes = Buffer.from(recordings.find(({ message }) => message === 'Interrogation')?.base64 ?? '', 'base64');
    const interrogation: Interrogation = v1.Interrogation.decode(bytes);
    expect(validateInterrogation(interrogation)).toEqual([]);
    expect(
      Buffer.from(v1.Interrogation.encode(interrogationFromJson(interrogationToJson(interrogation))).finish()),
    ).toEqual(bytes);
  });
});

describe('messages of a later version', () => {
  // The schema with more of everything, as a later minor version may be.
  const later = new protobuf.Root();
  later.resolvePath = (_, target) => join(proto, target);
  later.loadSync(readdirSync(join(proto, 'onebox/v1')).map((file) => `onebox/v1/${file}`));
  later.lookupType('onebox.v1.Finding').add(new protobuf.Field('telepathy', 900, 'onebox.v1.Code'));
  later.lookupType('onebox.v1.Observation').add(new protobuf.Field('colour', 900, 'string'));
  later.resolveAll();
  const encode = (finding: object) => later.lookupType('onebox.v1.Finding').encode(finding).finish();
  const numeric = FINDINGS['observation of numeric'];

  test('are read without the fields that we do not know', () => {
    const read = v1.Finding.decode(encode({ ...numeric, observation: { ...numeric?.observation, colour: 'blue' } }));
    expect(Buffer.from(v1.Finding.encode(read).finish())).toEqual(
      Buffer.from(v1.Finding.encode(numeric ?? {}).finish()),
    );
    expect(validateFinding(read)).toEqual([]);
  });

  test('keep numbers of enumerations that we do not know, and are then refused by the rules', () => {
    const read = v1.Finding.decode(encode({ observation: { ...numeric?.observation, validity: [55] } }));
    expect(read.observation?.validity).toEqual([55]);
    expect(validateFinding(read).map(({ rule }) => rule)).toEqual(['known-enum']);
  });

  test('of a kind that we do not know have no body', () => {
    const read = v1.Finding.decode(encode({ telepathy: {}, sequence: 5 }));
    expect(read.sequence).toBe(5);
    expect(validateFinding(read)).toMatchObject([{ path: 'body', rule: 'required' }]);
  });
});
