import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { absent, identity, observation, text } from '@onebox/driver-sdk/findings.js';
import { fhirBundle } from '@onebox/gateway/handover/fhir/bundle.js';
import { MDC, mdcCode, term } from '@onebox/protocol/codes.js';
import { decimal } from '@onebox/protocol/decimal.js';
import { ERRORS } from '@onebox/protocol/errors.js';
import { type Finding, v1 } from '@onebox/protocol/messages.js';
import fc from 'fast-check';
import { Fhir } from 'fhir';
import { describe, expect, it } from 'vitest';
import { contentFrom, findingsOf, NOW } from './content.js';
import { hostileFindings } from './hostile.js';

const fhir = new Fhir();
const drivers = join(import.meta.dirname, '../../drivers');

interface Resource {
  readonly resourceType: string;
  readonly [name: string]: unknown;
}
interface Bundle extends Resource {
  readonly entry: readonly { readonly fullUrl: string; readonly resource: Resource }[];
}

const faults = (resource: unknown): string[] =>
  fhir
    .validate(resource as object, { errorOnUnexpected: true })
    .messages.filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ location, message }) => `${location}: ${message}`);

/** Of the Bundle, and of each resource in it by itself. */
const allFaults = (bundle: Bundle): string[] => [
  ...faults(bundle),
  ...bundle.entry.flatMap(({ resource }) => faults(resource)),
];
const parse = (findings: readonly Finding[], options?: Parameters<typeof contentFrom>[1]): Bundle =>
  JSON.parse(fhirBundle(contentFrom(findings, options))) as Bundle;
const every = (bundle: Bundle, type: string): readonly Resource[] =>
  bundle.entry.flatMap(({ resource }) => (resource.resourceType === type ? [resource] : []));

const GOLDEN = readdirSync(drivers, { withFileTypes: true })
  .filter((one) => one.isDirectory())
  .flatMap(({ name }) => {
    const files = readdirSync(join(drivers, name), { recursive: true, encoding: 'utf8' });
    return files.flatMap((file) => {
      const found = /^recordings\/([^/]+)\.findings\.jsonl$/.exec(file)?.[1];
      return found ? [[name, found] as const] : [];
    });
  });

const at = { quality: v1.TimeQuality.TIME_QUALITY_CORRECTED, unixMs: NOW - 5000, deviceText: '2026-11-22T13:30:02' };

describe('a read as a FHIR R4 Bundle', () => {
  it('the validator finds faults at all', () => {
    const good = parse(findingsOf('onebox-native', 'icd'));
    expect(faults({ ...good, type: 'basket' })).not.toEqual([]);
    const [first] = every(good, 'Observation');
    expect(faults({ ...first, status: undefined })).not.toEqual([]);
    expect(faults({ ...first, normal: true })).not.toEqual([]);
  });

  it('recordings of many kinds are there', () => expect(GOLDEN.length).toBeGreaterThan(15));

  it.each(GOLDEN)('%s %s is valid, and every reference leads somewhere', (driver, name) => {
    const findings = findingsOf(driver, name);
    const bundle = parse(findings);
    expect(allFaults(bundle)).toEqual([]);
    const urls = bundle.entry.map(({ fullUrl }) => fullUrl);
    expect(new Set(urls).size).toBe(urls.length);
    const told = [...JSON.stringify(bundle).matchAll(/"reference":"([^"]+)"/g)].map(([, url]) => url!);
    for (const url of told) expect(urls).toContain(url);
    // Everything that is not live has an Observation, and every one has a value, parts, or says why not.
    for (const one of every(bundle, 'Observation')) {
      const says = Object.keys(one).some((key) => /^value[A-Z]|^dataAbsentReason$|^component$/.test(key));
      expect(says, JSON.stringify(one)).toBe(true);
      expect(one.status).toBe('preliminary');
    }
    for (const { resource } of bundle.entry)
      expect(resource.meta, resource.resourceType).toMatchObject({ security: [{ code: 'HTEST' }] });
  });

  it('a value has its exact digits, unit, both clocks, source and validity', () => {
    const finding = observation(mdcCode(MDC.IDC_MSMT_BATTERY_VOLTAGE), decimal('2.70'), 'V', {
      at,
      source: 'register 4',
      origin: 'self-test',
      validity: 'questionable',
    });
    const json = fhirBundle(contentFrom([finding], { practice: false }));
    expect(json).toContain('"value":2.70,"unit":"V","system":"http://unitsofmeasure.org","code":"V"');
    const [one] = every(JSON.parse(json) as Bundle, 'Observation');
    expect(one).toMatchObject({
      code: { coding: [{ system: 'urn:iso:std:iso:11073:10101', code: String(MDC.IDC_MSMT_BATTERY_VOLTAGE) }] },
      effectiveDateTime: '2026-11-22T14:32:02.000Z',
      issued: '2026-11-22T14:31:07.000Z',
      extension: [
        { url: 'urn:onebox:extension:time-quality', valueCode: 'corrected' },
        { url: 'urn:onebox:extension:device-time', valueString: '2026-11-22T13:30:02' },
        { url: 'urn:onebox:extension:validity', valueCode: 'questionable' },
        { url: 'urn:onebox:extension:origin', valueCode: 'self-test' },
        { url: 'urn:onebox:extension:source', valueString: 'register 4' },
      ],
    });
    expect(one).not.toHaveProperty('interpretation');
    expect(json).not.toContain('HTEST');
  });

  it('what is not there says why, and nothing takes its place', () => {
    for (const why of ['unknown', 'not-permitted', 'off', 'not-performed'] as const) {
      const finding = absent(mdcCode(MDC.IDC_MSMT_BATTERY_VOLTAGE), why, { at, source: 'x', origin: 'stored' });
      const [one] = every(parse([finding]), 'Observation');
      expect(one).toMatchObject({ dataAbsentReason: { coding: [{ code: why }] } });
      expect(Object.keys(one!).filter((key) => key.startsWith('value'))).toEqual([]);
    }
    const missing = [
      { phase: v1.Phase.PHASE_EPISODES, reason: v1.AbsentReason.ABSENT_REASON_ERROR, error: ERRORS.LINK_TIMEOUT.code },
      {
        phase: v1.Phase.PHASE_CRITICAL,
        code: mdcCode(MDC.IDC_MSMT_BATTERY_STATUS),
        reason: v1.AbsentReason.ABSENT_REASON_NOT_PERMITTED,
      },
    ];
    const bundle = parse(findingsOf('onebox-native', 'icd'), { missing });
    expect(allFaults(bundle)).toEqual([]);
    expect(every(bundle, 'OperationOutcome')).toMatchObject([
      { issue: [{ severity: 'warning', diagnostics: expect.stringMatching(/^PATIENT MATCH: NOT CONFIRMED/) }] },
      { issue: [{ code: 'incomplete', diagnostics: expect.stringMatching(/^not read: episodes, error, OB-/) }] },
    ]);
    expect(every(bundle, 'Observation').at(-1)).toMatchObject({
      dataAbsentReason: { coding: [{ code: 'not-permitted' }] },
    });
  });

  it('a patient is there only where the device names one', () => {
    expect(every(parse(findingsOf('onebox-native', 'icd')), 'Patient')).toEqual([]);
    const say = (what: Parameters<typeof term>[0], words: string) =>
      text(term(what), words, { at, source: 'PID', origin: 'entered' });
    const bundle = parse([
      say('patient.name', 'Example, Pat'),
      say('patient.birth-date', '1950-01-02'),
      say('patient.sex', 'F'),
      say('patient.identifier', '123 (MR)'),
      identity({ deviceClass: 'icd' }),
    ]);
    expect(allFaults(bundle)).toEqual([]);
    expect(every(bundle, 'Patient')).toMatchObject([
      {
        name: [{ text: 'Example, Pat' }],
        birthDate: '1950-01-02',
        gender: 'female',
        identifier: [{ value: '123 (MR)' }],
      },
    ]);
    const { fullUrl } = bundle.entry.find(({ resource }) => resource.resourceType === 'Patient')!;
    for (const one of every(bundle, 'Observation')) expect(one.subject).toEqual({ reference: fullUrl });
    // What is no date stays words.
    expect(every(parse([say('patient.birth-date', 'spring')]), 'Patient')[0]).not.toHaveProperty('birthDate');
  });

  it('whatever words a device sends, the Bundle stays valid and nothing is added to it', () => {
    void fc.assert(
      fc.property(hostileFindings, (findings) => {
        const bundle = parse(findings);
        expect(allFaults(bundle)).toEqual([]);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there
        expect(JSON.stringify(bundle)).not.toMatch(/\\u00[01]|[\u0000-\u001f\u202a-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 60 },
    );
  });
});
