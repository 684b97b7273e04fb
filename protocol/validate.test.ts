import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOneBoxError } from './errors.js';
import { type Finding, type Interrogation, v1 } from './messages.js';
import { assertFinding, FINDING_BYTES, validateFinding, validateInterrogation } from './validate.js';
import { FINDINGS, INTERROGATION } from './validation/examples.js';

type Tree = Record<string, unknown>;
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !(value instanceof Uint8Array);
/** Paths of all fields of a message, e.g. `observation.limit[0].value`. */
const paths = (tree: unknown, at = ''): string[] =>
  isTree(tree)
    ? Object.entries(tree).flatMap(([key, value]) => {
        const path = Array.isArray(tree) ? `${at}[${key}]` : at ? `${at}.${key}` : key;
        return [path, ...paths(value, path)];
      })
    : [];
const steps = (path: string) => path.split(/[.[\]]+/).filter(Boolean);
/** A copy without one field, or without one item of a list. */
const without = <T>(message: T, path: string): T => {
  const copy = structuredClone(message);
  const names = steps(path);
  const last = names.pop() ?? '';
  const parent = names.reduce<unknown>((tree, name) => (tree as Tree)[name], copy);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as Tree)[last];
  return copy;
};
const set = <T>(message: T, path: string, value: unknown): T => {
  const copy = structuredClone(message);
  const names = steps(path);
  const last = names.pop() ?? '';
  const parent = names.reduce<unknown>((tree, name) => (tree as Tree)[name], copy);
  (parent as Tree)[last] = value;
  return copy;
};
const example = (name: string): Finding => {
  const found = FINDINGS[name];
  if (!found) throw new Error(`no example ${name}`);
  return found;
};
const rulesOf = (finding: Finding) => validateFinding(finding).map(({ path, rule }) => `${path} ${rule}`);

// Fields that a message is right without. Everything else in the examples is required.
const optional = [
  /\.(componentId|instance|freshForMs|original|episodeId|evidenceId|comparator|endUnixMs|deviceText|display|refId|parentId|location)$/,
  /\.(limit|qualifier|gap|marker|set|therapy|offset)$/,
  // One of two validities, one of two parts, ends of a range, values that are 0 when left out.
  /\.(validity\[\d\]|part\[\d\]|low|high|raw|bit|sample|first|order|coefficient|exponent|sample\[\d\])$/,
  /\.(limit|qualifier|gap|marker|set|therapy)\[0\]$/,
  /^observation\.samples\.marker\[0\]\.numeric$/,
  /^identity\.(type|manufacturer|model|serial|firmware|hardware|software|udi|udi\..*|mriSafety|mriConditions|implanted|practice)$/,
  /^component\.(manufacturer|model|serial)$/,
  /^episode\.(number|vendorType|rate|duration|outcome|hasStrip)$/,
  /^episode\.therapy\[0\]\.(energy|count|time)$/,
  /^alert\.(since|value|vendorText)$/,
  /^clock\.offsetMs$/,
  /^evidence\.(sha256|content)$/,
  /^progress\.(read|expected)$/,
  /^fault\.(code|detail)$/,
];
// ... but for these the rule of the examples above does not hold.
const requiredAfterAll = [
  /^component\.instance$/,
  /^alert\.limit$/,
  /\.samples\.sample$/,
  /\.periodMs\.coefficient$/,
  /\.scale\.coefficient$/,
  /\.bits\.raw$/,
  /therapy\[0\]\.time\.order$/,
  /compound\.part$/,
  /\.set\[0\]\.bit$/,
];

describe.each(Object.keys(FINDINGS))('%s', (name) => {
  const finding = example(name);

  test('is right as an object and as decoded bytes', () => {
    expect(validateFinding(finding)).toEqual([]);
    expect(validateFinding(v1.Finding.decode(v1.Finding.encode(finding).finish()))).toEqual([]);
    expect(() => assertFinding(finding)).not.toThrow();
  });

  test('is refused without any of its required fields, and right without the others', () => {
    for (const path of paths(finding)) {
      const rest = without(finding, path);
      const required = requiredAfterAll.some((rule) => rule.test(path)) || !optional.some((rule) => rule.test(path));
      for (const form of [rest, v1.Finding.decode(v1.Finding.encode(rest).finish())]) {
        const found = validateFinding(form);
        expect(found.length > 0, `${path} is ${required ? 'required' : 'optional'}: ${JSON.stringify(found)}`).toBe(
          required,
        );
      }
    }
  });

  test('is refused with any enumeration unspecified or unknown', () => {
    for (const path of paths(finding)) {
      const value = steps(path).reduce<unknown>((tree, step) => (tree as Tree)[step], finding);
      const isEnum =
        /\.(quality|origin|kind|owner|deviceClass|evidence|severity|state|phase|reason|absent)$|validity\[\d\]$/.test(
          path,
        );
      if (!isEnum || typeof value !== 'number') continue;
      for (const wrong of [0, 99, -1])
        expect(validateFinding(set(finding, path, wrong)).length, `${path} ${wrong}`).toBeGreaterThan(0);
    }
  });

  test('is refused with any text that is too long or holds control characters, and any number that is no whole one', () => {
    for (const path of paths(finding)) {
      const value = steps(path).reduce<unknown>((tree, step) => (tree as Tree)[step], finding);
      const wrong =
        typeof value === 'string' ? ['x'.repeat(3000), 'a\u0007'] : typeof value === 'number' ? [0.5, 2 ** 60] : [];
      for (const one of wrong) {
        const found = validateFinding(set(finding, path, one)).map((violation) => violation.path);
        // Named is the field, or the number that it is part of.
        expect(
          found.some((where) => path.startsWith(where) && where !== ''),
          `${path}: ${found.join()}`,
        ).toBe(true);
      }
    }
  });

  test('never makes validation throw, whatever is put in its place', () => {
    const all = paths(finding);
    fc.assert(
      fc.property(fc.constantFrom(...all), fc.oneof(fc.anything(), fc.double(), fc.string()), (path, junk) => {
        for (const { path: where, rule } of validateFinding(set(finding, path, junk)))
          expect([typeof where, typeof rule]).toEqual(['string', 'string']);
      }),
    );
  });
});

describe('rules', () => {
  const numeric = example('observation of numeric');
  const samples = example('observation of samples');
  const bits = example('observation of bits');
  const cases: readonly (readonly [string, Finding, string])[] = [
    [
      'too many codings',
      set(numeric, 'observation.code.coding', Array(9).fill({ system: 'urn:x', code: '1' })),
      'observation.code.coding length',
    ],
    [
      'too many parts',
      set(
        example('observation of compound'),
        'observation.compound.part',
        Array(65).fill({ code: { coding: [{ system: 'urn:x', code: '1' }] }, absent: 2 }),
      ),
      'observation.compound.part length',
    ],
    ['two bodies', { ...numeric, ...example('clock') }, 'body one-of'],
    ['no body', {}, 'body required'],
    ['two values', set(numeric, 'observation.text', 'x'), 'observation one-of'],
    ['a value beside its absence', set(numeric, 'observation.absent', 2), 'observation one-of'],
    ['a unit that is not UCUM', set(numeric, 'observation.numeric.unit', 'mmHg'), 'observation.numeric.unit unit'],
    [
      'a coefficient beyond 2^53',
      set(numeric, 'observation.numeric.value.coefficient', 2 ** 53),
      'observation.numeric.value decimal',
    ],
    [
      'a fraction as coefficient',
      set(numeric, 'observation.numeric.value.coefficient', 2.5),
      'observation.numeric.value decimal',
    ],
    [
      'an exponent out of range',
      set(numeric, 'observation.numeric.value.exponent', 19),
      'observation.numeric.value decimal',
    ],
    [
      'a limit of another kind',
      set(numeric, 'observation.limit[0].value.unit', 'mV'),
      'observation.limit[0].value.unit same-kind',
    ],
    ['a time before 1970', set(numeric, 'observation.time.unixMs', -1), 'observation.time.unixMs time-range'],
    ['a time after 2100', set(numeric, 'observation.time.endUnixMs', 5e12), 'observation.time.endUnixMs time-range'],
    ['an end before the start', set(numeric, 'observation.time.endUnixMs', 5), 'observation.time time-order'],
    [
      'a time where only the order is known',
      set(numeric, 'observation.time', { quality: 5, order: 3, unixMs: 5 }),
      'observation.time order-only',
    ],
    ['the same validity twice', set(numeric, 'observation.validity', [1, 1]), 'observation.validity distinct'],
    [
      'an MDC code that is no number',
      set(numeric, 'observation.code.coding[0].code', 'MDC_X'),
      'observation.code.coding[0].code mdc-number',
    ],
    [
      'a terminology that is no URI',
      set(numeric, 'observation.code.coding[0].system', 'MDC'),
      'observation.code.coding[0].system uri',
    ],
    [
      'a name that is too long',
      set(numeric, 'observation.source.field', 'x'.repeat(201)),
      'observation.source.field length',
    ],
    [
      'a text that is too long',
      set(example('observation of text'), 'observation.text', 'x'.repeat(2001)),
      'observation.text length',
    ],
    ['a blank text', set(example('observation of text'), 'observation.text', '  '), 'observation.text required'],
    ['a control character', set(numeric, 'observation.source.field', 'a\u001b[2J'), 'observation.source.field text'],
    ['a lone surrogate', set(numeric, 'observation.source.field', 'a\ud800'), 'observation.source.field text'],
    ['a direction override', set(numeric, 'observation.source.field', 'a\u202eb'), 'observation.source.field text'],
    [
      'a range from high to low',
      set(example('observation of range'), 'observation.range.low', { coefficient: 4, exponent: 0 }),
      'observation.range range-order',
    ],
    [
      'a range without ends',
      set(example('observation of range'), 'observation.range', { unit: 'L/min' }),
      'observation.range required',
    ],
    [
      'a part with value and absence',
      set(example('observation of compound'), 'observation.compound.part[0].absent', 2),
      'observation.compound.part[0] one-of',
    ],
    [
      'a negative period',
      set(samples, 'observation.samples.periodMs.coefficient', -1),
      'observation.samples.periodMs positive',
    ],
    [
      'a gap beyond the samples',
      set(samples, 'observation.samples.gap[0].count', 4),
      'observation.samples.gap[0] within-samples',
    ],
    [
      'gaps that overlap',
      set(samples, 'observation.samples.gap', [
        { first: 2, count: 2 },
        { first: 3, count: 1 },
      ]),
      'observation.samples.gap[1] ascending',
    ],
    [
      'a marker beyond the samples',
      set(samples, 'observation.samples.marker[0].sample', 5),
      'observation.samples.marker[0].sample within-samples',
    ],
    [
      'a sample beyond 32 bits',
      set(samples, 'observation.samples.sample[0]', 2 ** 31),
      'observation.samples.sample integer',
    ],
    ['a named bit that is not set', set(bits, 'observation.bits.set[0].bit', 1), 'observation.bits.set[0].bit bit-set'],
    [
      'a bit named twice',
      set(
        bits,
        'observation.bits.set',
        [1, 2].map((n) => ({ bit: 2, meaning: { coding: [{ system: 'urn:x', code: `${n}` }] } })),
      ),
      'observation.bits.set[1].bit distinct',
    ],
    [
      'a bit string of no bits',
      set(bits, 'observation.bits', { raw: 0, width: 0 }),
      'observation.bits.width within-width',
    ],
    ['a bit string of 65 bits', set(bits, 'observation.bits.width', 65), 'observation.bits.width within-width'],
    [
      'samples without a sample',
      set(samples, 'observation.samples', { ...samples.observation?.samples, sample: [], gap: [], marker: [] }),
      'observation.samples.sample required',
    ],
    [
      'a bit outside the width',
      set(bits, 'observation.bits.set[0].bit', 8),
      'observation.bits.set[0].bit within-width',
    ],
    ['more bits than the width', set(bits, 'observation.bits.raw', 256), 'observation.bits.raw within-width'],
    [
      'a bit string beyond 2^53',
      set(bits, 'observation.bits', { raw: 2 ** 60, width: 64 }),
      'observation.bits.raw safe-integer',
    ],
    [
      'an identity that says nothing',
      { identity: { deviceClass: 2, evidence: 1, practice: true } },
      'identity not-empty',
    ],
    [
      'a component that is its own parent',
      set(example('component'), 'component.parentId', 'lead.rv'),
      'component.parentId distinct',
    ],
    ['an alert of a rule without limit', without(example('alert'), 'alert.limit'), 'alert.limit limit-stated'],
    [
      'an alert of a driver without reference',
      set(set(example('alert'), 'alert.origin', 2), 'alert.limit.reference', ''),
      'alert.limit limit-stated',
    ],
    [
      'an offset of a clock that was never set',
      set(example('clock'), 'clock.notSet', true),
      'clock.offsetMs not-set-clock',
    ],
    [
      'a hash of the wrong length',
      set(example('evidence'), 'evidence.sha256', new Uint8Array(31)),
      'evidence.sha256 bytes',
    ],
    ['evidence without hash and bytes', { evidence: { id: 'e', channel: '2A18' } }, 'evidence.sha256 required'],
    ['an error that is not numbered', set(example('fault'), 'fault.error', 7), 'fault.error integer'],
    ['a time of receipt beyond 2^53', { ...numeric, receivedUnixMs: 2 ** 60 }, 'receivedUnixMs safe-integer'],
    [
      'what is no message',
      { observation: { ...numeric.observation, validity: 5 as unknown as number[] } },
      'body malformed',
    ],
    ['a negative sequence', { ...numeric, sequence: -1 }, 'sequence integer'],
  ];
  test.each(cases)('refuse %s', (_, finding, expected) => {
    expect(rulesOf(finding)).toContain(expected);
    expect(() => assertFinding(finding)).toThrow(/^OB-202/);
  });

  test('an alert of the device itself needs no limit', () => {
    expect(
      rulesOf(without(set(example('alert'), 'alert.origin', v1.Alert.Origin.ORIGIN_DEVICE), 'alert.limit')),
    ).toEqual([]);
  });

  test('codes that are not in our tables pass', () => {
    for (const coding of [
      { system: 'urn:vendor:x', code: 'Z9' },
      { system: 'urn:iso:std:iso:11073:10101', code: '999999' },
      { system: 'urn:onebox:term', code: 'of.a.later.version' },
    ])
      expect(rulesOf(set(example('observation of coded'), 'observation.coded', { coding: [coding] }))).toEqual([]);
  });

  test('a finding of more than 256 KiB is refused', () => {
    const long = (n: number) =>
      set(
        set(samples, 'observation.samples.marker', []),
        'observation.samples.sample',
        Array.from({ length: n }, () => 2 ** 20),
      );
    expect(rulesOf(long(60_000))).toEqual([]);
    const large = long(70_000);
    expect(v1.Finding.encode(large).finish().length).toBeGreaterThan(FINDING_BYTES);
    expect(rulesOf(large)).toEqual(['body size']);
  });

  test('a violation names path and rule, and nothing of the content', () => {
    const finding = set(set(numeric, 'observation.source.field', 'secret\n'), 'observation.numeric.unit', 'secret');
    expect(JSON.stringify(validateFinding(finding))).not.toContain('secret');
    try {
      assertFinding(finding);
      expect.unreachable();
    } catch (error) {
      expect(isOneBoxError(error, 'PROTOCOL_INVALID') && error.detail).toBe('observation.source.field: text');
    }
  });
});

describe('an interrogation', () => {
  const rules = (value: Interrogation) => validateInterrogation(value).map(({ path, rule }) => `${path} ${rule}`);

  test('is right as an object and as decoded bytes', () => {
    expect(rules(INTERROGATION)).toEqual([]);
    expect(rules(v1.Interrogation.decode(v1.Interrogation.encode(INTERROGATION).finish()))).toEqual([]);
  });

  const always = [
    'sessionId',
    'schemaVersion',
    'purpose',
    'driver',
    'driver.id',
    'driver.version',
    'driver.sha256',
    'transport',
    'startedUnixMs',
    'endedUnixMs',
    'timeZone',
    'completeness',
    'applicationVersion',
    'missing[0].reason',
  ];
  test.each(always)('is refused without %s', (path) => {
    expect(rules(without(INTERROGATION, path)).length).toBeGreaterThan(0);
  });

  test.each([
    ['a session id that is not hex', 'sessionId', 'x', 'sessionId hex'],
    ['an end before the start', 'endedUnixMs', 5, 'endedUnixMs time-order'],
    ['a partial read that misses nothing', 'missing', [], 'missing complete'],
    ['a complete read that misses something', 'completeness', 1, 'missing complete'],
    ['a broken finding', 'finding[0].observation.numeric.unit', 'x', 'finding[0].observation.numeric.unit unit'],
    ['findings out of order', 'finding[3].sequence', 1, 'finding[3].sequence ascending'],
    ['a finding without its time of receipt', 'finding[0].receivedUnixMs', 0, 'finding[0].receivedUnixMs required'],
    ['a simulated device that is not marked', 'practice', false, 'practice practice-marked'],
    ['bytes beyond 2^53', 'bytesReceived', 2 ** 60, 'bytesReceived safe-integer'],
    ['an end after 2100', 'endedUnixMs', 5e12, 'endedUnixMs time-range'],
    [
      'a finding that is too large',
      'finding[5].observation.samples.sample',
      Array(70_000).fill(2 ** 20),
      'finding[5] size',
    ],
    ['what is no message', 'finding', 5, 'interrogation malformed'],
  ])('is refused with %s', (_, path, value, expected) => {
    expect(rules(set(INTERROGATION, path, value))).toContain(expected);
  });

  test('is refused with any text that is too long, and any number that is no whole one', () => {
    const head = { ...INTERROGATION, finding: [] };
    for (const path of paths(head)) {
      const value = steps(path).reduce<unknown>((tree, step) => (tree as Tree)[step], head);
      const wrong = typeof value === 'string' ? 'x'.repeat(3000) : typeof value === 'number' ? 0.5 : undefined;
      if (wrong !== undefined) expect(rules(set(head, path, wrong)).length, path).toBeGreaterThan(0);
    }
  });

  test('never makes validation throw', () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths(INTERROGATION)), fc.anything(), (path, junk) =>
        Array.isArray(validateInterrogation(set(INTERROGATION, path, junk))),
      ),
      { numRuns: 300 },
    );
  });
});
