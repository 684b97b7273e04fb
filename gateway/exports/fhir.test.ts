import { v1 } from '@onebox/protocol/audit-messages.js';
import * as fc from 'fast-check';
import { Fhir } from 'fhir';
import { describe, expect, it } from 'vitest';
import { EVENTS, type EventDefinition, type EventName } from '../audit/events.js';
import { decodeRecord } from '../audit/record.js';
import { EXPORT_ROWS } from './catalogue.js';
import { DICOM_NAMES } from './codes.js';
import { entryOf } from './entry.js';
import { auditEvent } from './fhir.js';
import { LINE_FORMATS } from './formats.js';
import { everything, LOG, sample, samples } from './testing/samples.js';

const fhir = new Fhir();
const NOBODY: ReadonlySet<string> = new Set();

/** What the validator has against it. Codes outside the example value sets of R4 are warnings there, and no faults. */
const faults = (resource: unknown): string[] =>
  fhir
    .validate(resource as object, { errorOnUnexpected: true })
    .messages.filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ location, message }) => `${location}: ${message}`);

const exported = (name: EventName, full = true) =>
  auditEvent(entryOf(sample(name, full ? everything(name) : {}, 7), NOBODY), LOG);

describe('FHIR R4 AuditEvents', () => {
  it('the validator finds faults at all', () => {
    const good = exported('unlocked');
    expect(faults({ ...good, action: 'Z' })).not.toEqual([]);
    expect(faults({ ...good, agent: undefined })).not.toEqual([]);
    expect(faults({ ...good, outcome: '7' })).not.toEqual([]);
    expect(faults({ ...good, patientName: 'x' })).not.toEqual([]);
  });

  it('every event of the catalogue has its row and is valid, with little and with all that a record can hold', () => {
    expect(Object.keys(EXPORT_ROWS).sort()).toEqual(Object.keys(EVENTS).sort());
    for (const record of samples()) {
      const line = LINE_FORMATS.fhir.line(entryOf(record, NOBODY), LOG);
      expect(line.endsWith('\n') && line.indexOf('\n') === line.length - 1).toBe(true);
      expect(faults(JSON.parse(line)), line).toEqual([]);
    }
  });

  it('carries the DICOM codes of the catalogue by their names', () => {
    for (const [name, { dicom }] of Object.entries(EVENTS) as [EventName, EventDefinition][]) {
      const { type, subtype } = exported(name);
      expect(type).toEqual({
        system: 'http://dicom.nema.org/resources/ontology/DCM',
        code: String(dicom.id),
        display: DICOM_NAMES[dicom.id],
      });
      expect(type.display, name).toBeTruthy();
      if (dicom.type === undefined) expect(subtype).toHaveLength(1);
      else expect(subtype[0]).toMatchObject({ code: String(dicom.type), display: expect.stringMatching(/./) });
      expect(subtype.at(-1)).toEqual({
        system: 'urn:onebox:audit-event',
        code: name,
        display: EXPORT_ROWS[name].title,
      });
    }
  });

  it('break glass: override started and stopped, purpose, person, tablet, driver, device', () => {
    const started = exported('breakGlassOpened');
    expect(started).toMatchObject({
      id: `${LOG}-7`,
      type: { code: '110113' },
      action: 'E',
      recorded: '2026-11-22T14:32:07.918Z',
      outcome: '8',
      outcomeDesc: 'OB-510',
      purposeOfEvent: [{ coding: [{ code: 'BTG' }] }, { coding: [{ code: 'unresponsive' }] }],
    });
    expect(started.subtype[0]?.code).toBe('110127');
    expect(exported('accessClosed').subtype[0]?.code).toBe('110138');
    expect(started.agent.map(({ who, requestor }) => [who.identifier.value, requestor])).toEqual([
      ['11'.repeat(16), true],
      ['22'.repeat(16), false],
      [LOG, false],
      ['onebox-native@1.2.3', false],
    ]);
    expect(started.agent[0]?.purposeOfUse).toEqual(started.purposeOfEvent);
    expect(started.entity.map(({ what, role }) => [what.identifier.value, role.code])).toEqual([
      ['33'.repeat(16), '4'],
      ['44'.repeat(16), '20'],
      ['55'.repeat(16), '20'],
      [`${LOG}/7`, '13'],
    ]);
    expect(started.entity.at(-1)?.detail).toEqual(
      expect.arrayContaining([
        { type: 'number.minutes', valueString: '1' },
        { type: 'factors', valueString: 'pin' },
        { type: 'transport', valueString: 'serial' },
        { type: 'completeness', valueString: 'partial' },
      ]),
    );
  });

  it('without a person the tablet itself is the requestor', () => {
    expect(exported('checkpoint', false).agent).toEqual([expect.objectContaining({ requestor: true })]);
  });

  it('a practice run is marked as test data, also where the record does not say so', () => {
    const record = sample('linkUp', {}, 3);
    const boots = new Set([Buffer.from(record.bootId).toString('hex')]);
    expect(auditEvent(entryOf(record, boots), LOG).meta?.security[0]?.code).toBe('HTEST');
    expect(auditEvent(entryOf(record, NOBODY), LOG).meta).toBeUndefined();
  });

  it('any record that the bytes of a log can hold gives a valid event without a foreign word in it', () => {
    const bytes = (max: number) => fc.uint8Array({ maxLength: max });
    const number = fc.integer({ min: 0, max: 2 ** 31 });
    const record = fc.record({
      index: fc.nat(),
      unixMs: fc.maxSafeInteger(),
      monotonicMs: fc.nat(),
      bootId: bytes(20),
      event: fc.nat({ max: 90 }),
      outcome: number,
      error: number,
      person: bytes(20),
      secondPerson: bytes(20),
      device: bytes(20),
      accessId: bytes(20),
      sessionId: bytes(20),
      purpose: fc.nat({ max: 9 }),
      reason: fc.nat({ max: 9 }),
      role: fc.nat({ max: 9 }),
      factor: fc.array(fc.nat({ max: 9 })),
      driver: fc.record({ id: fc.constant('Zebulon Quackenbush'), version: fc.string(), sha256: bytes(40) }),
      transport: fc.nat({ max: 9 }),
      completeness: fc.nat({ max: 9 }),
      number: fc.dictionary(fc.constant('Zebulon Quackenbush'), fc.maxSafeInteger()),
      keyEpoch: number,
    });
    void fc.assert(
      fc.property(record, (fields) => {
        const event = auditEvent(entryOf(decodeRecord(v1.AuditRecord.encode(fields).finish())!, NOBODY), LOG);
        expect(faults(event)).toEqual([]);
        expect(JSON.stringify(event)).not.toContain('Quackenbush');
      }),
      { numRuns: 200 },
    );
  });
});
