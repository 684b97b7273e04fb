import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { describe, expect, test } from 'vitest';
import { isOneBoxError } from './errors.js';
import { interrogationFromJson, interrogationToJson, type JsonObject } from './json.js';
import { type Interrogation, v1 } from './messages.js';
import { INTERROGATION } from './validation/examples.js';

const bytesOf = (value: Interrogation) => Buffer.from(v1.Interrogation.encode(value).finish()).toString('hex');
const throughText = (json: JsonObject) => JSON.parse(JSON.stringify(json)) as JsonObject;
const refusal = (json: unknown) => {
  try {
    interrogationFromJson(json);
  } catch (error) {
    return isOneBoxError(error) ? `${error.kind} ${error.detail}` : 'other';
  }
  return undefined;
};
type Tree = { [name: string]: unknown };
/** The example in JSON with one field set. */
const edit = (path: string, value: unknown) => {
  const json = throughText(interrogationToJson(INTERROGATION));
  const names = path.split(/[.[\]]+/);
  const last = names.pop() ?? '';
  const parent = names.reduce<unknown>((tree, name) => (tree as Tree)[name], json) as Tree;
  parent[last] = value;
  return json;
};

describe('the JSON form', () => {
  test('is readable', () => {
    const json = interrogationToJson(INTERROGATION);
    expect(json).toMatchObject({
      purpose: 'PURPOSE_OF_USE_HTEST',
      startedUnixMs: 1_800_000_000_000,
      driver: { sha256: Buffer.alloc(32, 9).toString('base64') },
      deviceClock: { offsetMs: -3_720_000 },
      practice: true,
    });
    const finding = json.finding as readonly unknown[];
    expect(finding[0]).toMatchObject({
      observation: {
        numeric: { value: '1990', unit: 'Ohm', comparator: 'COMPARATOR_ABOUT' },
        original: { value: '1.99', unit: 'kOhm' },
        validity: ['VALIDITY_UNQUALIFIED', 'VALIDITY_ESTIMATED'],
        limit: [{ kind: 'KIND_HIGH', value: { value: '1500' } }],
      },
    });
    expect(finding[5]).toMatchObject({
      observation: { samples: { periodMs: '7.8125', scale: '0.005', offset: '-1', sample: [1, -2, 0, 0, 5] } },
    });
  });

  test('comes back byte for byte', () => {
    expect(bytesOf(interrogationFromJson(throughText(interrogationToJson(INTERROGATION))))).toBe(
      bytesOf(INTERROGATION),
    );
    expect(bytesOf(interrogationFromJson({}))).toBe('');
  });

  test('comes back exactly for every decimal, time and text', () => {
    const value = fc.record({ coefficient: fc.maxSafeInteger(), exponent: fc.integer({ min: -18, max: 18 }) });
    const text = fc.string({ unit: 'grapheme' });
    fc.assert(
      fc.property(value, text, text, fc.maxSafeInteger(), fc.uint8Array(), (number, unit, words, at, content) => {
        const finding = [
          {
            observation: {
              numeric: { value: number, unit },
              time: { unixMs: at },
              limit: [{ value: { value: number, unit: words } }],
            },
          },
          { observation: { text: words } },
          { observation: { range: { low: number, unit } } },
          { evidence: { content } },
        ];
        const interrogation = { finding, startedUnixMs: at, sessionId: words };
        expect(bytesOf(interrogationFromJson(throughText(interrogationToJson(interrogation))))).toBe(
          bytesOf(interrogation),
        );
      }),
    );
  });

  test('keeps numbers of enumerations that this version does not know', () => {
    const later = { finding: [{ observation: { absent: 77, validity: [99] } }] };
    const json = interrogationToJson(later);
    expect(json).toEqual({ finding: [{ observation: { absent: 77, validity: [99] } }] });
    expect(bytesOf(interrogationFromJson(json))).toBe(bytesOf(later));
  });

  test('refuses what it does not understand, by path, and keeps nothing of it in the error', () => {
    const numeric = 'finding[0].observation.numeric';
    const understood = 'PROTOCOL_DECODE not understood: ';
    expect(refusal(edit(`${numeric}.comparator`, 'COMPARATOR_SECRET'))).toBe(`${understood}${numeric}.comparator`);
    expect(refusal(edit('finding[0].observation.colour', 'x'))).toBe(`${understood}finding[0].observation.colour`);
    expect(refusal(edit(`${numeric}.value`, 'secret'))).toBe('DECIMAL_INVALID syntax');
    expect(refusal(edit('finding[0].observation.time.unixMs', 'secret'))).toMatch(/^PROTOCOL_DECODE/);
    expect(refusal(edit('driver.sha256', '!!'))).toMatch(/^PROTOCOL_DECODE/);
    expect(refusal(edit('finding', 'secret'))).toMatch(/^PROTOCOL_DECODE/);
    for (const junk of [undefined, null, 1, 'x', []]) expect(refusal(junk)).toMatch(/^PROTOCOL_DECODE/);
  });

  test('takes fields that hold their default', () => {
    expect(refusal(edit('finding[0].observation.text', null))).toBeUndefined();
    expect(refusal(edit('finding[0].observation.episodeId', ''))).toBeUndefined();
    expect(refusal({ practice: false, bytesSent: 0, missing: [], sessionId: '', driver: null })).toBeUndefined();
  });

  test('never fails otherwise than with an error of ours', () => {
    fc.assert(
      fc.property(fc.anything(), (junk) =>
        ['PROTOCOL_DECODE', 'DECIMAL_INVALID', undefined].includes(
          refusal({ finding: [junk], driver: junk })?.split(' ')[0],
        ),
      ),
    );
  });
});

// The mapping knows decimals by name: this holds as long as the schema gives those names to nothing that is text.
test('the names of decimal fields mean decimals wherever they hold text', () => {
  const root = new protobuf.Root();
  const folder = join(import.meta.dirname, 'proto');
  root.resolvePath = (_, target) => join(folder, target);
  root.loadSync(readdirSync(join(folder, 'onebox/v1')).map((file) => `onebox/v1/${file}`));
  root.resolveAll();
  const decimals = new Set<string>();
  const texts = new Set<string>();
  const visit = (space: protobuf.NamespaceBase) => {
    for (const item of space.nestedArray) {
      if (item instanceof protobuf.Type)
        for (const field of item.fieldsArray) {
          if (field.resolvedType?.name === 'Decimal') decimals.add(field.name);
          if (field.type === 'string' || field.type === 'bytes' || field.resolvedType instanceof protobuf.Enum)
            texts.add(field.name);
        }
      if (item instanceof protobuf.Namespace) visit(item);
    }
  };
  visit(root);
  expect([...decimals].sort()).toEqual(['high', 'low', 'offset', 'periodMs', 'scale', 'value']);
  expect([...decimals].filter((name) => texts.has(name))).toEqual([]);
});
