import { describe, expect, it } from 'vitest';
import { EVENTS, type EventDefinition, type EventName } from '../audit/events.js';
import { auditMessage } from './dicom.js';
import { entryOf } from './entry.js';
import { LINE_FORMATS } from './formats.js';
import { everything, LOG, sample, samples } from './testing/samples.js';
import { type Element, parseXml } from './testing/xml-parser.js';
import { element } from './xml.js';

const message = (name: EventName, full = true): Element =>
  parseXml(auditMessage(entryOf(sample(name, full ? everything(name) : {}, 7), new Set()), LOG));

/**
 * The schema of PS3.15 A.5.1 for the elements that we write: required attributes, optional ones, and the children in
 * their order, `?` at most one, `*` any number, `+` at least one.
 */
const CODED = { must: ['csd-code', 'codeSystemName', 'originalText'], may: ['displayName'], children: '' };
const SCHEMA: Readonly<Record<string, { must: string[]; may: string[]; children: string; text?: boolean }>> = {
  AuditMessage: {
    must: [],
    may: [],
    children: 'EventIdentification,ActiveParticipant+,AuditSourceIdentification,ParticipantObjectIdentification*',
  },
  EventIdentification: {
    must: ['EventDateTime', 'EventOutcomeIndicator'],
    may: ['EventActionCode'],
    children: 'EventID,EventTypeCode*,EventOutcomeDescription?',
  },
  EventID: CODED,
  EventTypeCode: CODED,
  EventOutcomeDescription: { must: [], may: [], children: '', text: true },
  ActiveParticipant: {
    must: ['UserID', 'UserIsRequestor'],
    may: ['AlternativeUserID', 'UserName', 'NetworkAccessPointID', 'NetworkAccessPointTypeCode'],
    children: 'RoleIDCode*',
  },
  RoleIDCode: CODED,
  AuditSourceIdentification: {
    must: ['AuditSourceID'],
    may: ['AuditEnterpriseSiteID'],
    children: 'AuditSourceTypeCode*',
  },
  AuditSourceTypeCode: { must: ['csd-code'], may: ['codeSystemName', 'originalText'], children: '' },
  ParticipantObjectIdentification: {
    must: ['ParticipantObjectID'],
    may: ['ParticipantObjectTypeCode', 'ParticipantObjectTypeCodeRole', 'ParticipantObjectDataLifeCycle'],
    children: 'ParticipantObjectIDTypeCode,ParticipantObjectName,ParticipantObjectDetail*',
  },
  ParticipantObjectIDTypeCode: CODED,
  ParticipantObjectName: { must: [], may: [], children: '', text: true },
  ParticipantObjectDetail: { must: ['type', 'value'], may: [], children: '' },
};
const VALUES: Readonly<Record<string, RegExp>> = {
  EventActionCode: /^[CRUDE]$/,
  EventOutcomeIndicator: /^(0|4|8|12)$/,
  EventDateTime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/,
  UserIsRequestor: /^(true|false)$/,
  ParticipantObjectTypeCode: /^[1-4]$/,
  ParticipantObjectTypeCodeRole: /^([1-9]|1\d|2[0-6])$/,
  value: /^[A-Za-z0-9+/]*={0,2}$/,
};

function faults({ name, attributes, children, text }: Element): string[] {
  const rule = SCHEMA[name];
  if (rule === undefined) return [`${name}: unknown`];
  const names = Object.keys(attributes);
  const order =
    rule.children === ''
      ? ''
      : rule.children
          .split(',')
          .map((one) => one.replace(/^(\w+)/, '(?:$1 )'))
          .join('');
  return [
    ...rule.must.filter((key) => !names.includes(key)).map((key) => `${name}: ${key} is missing`),
    ...names.filter((key) => ![...rule.must, ...rule.may].includes(key)).map((key) => `${name}: ${key} is unknown`),
    ...names.filter((key) => !(VALUES[key] ?? /./).test(attributes[key]!)).map((key) => `${name}: ${key} is wrong`),
    ...(new RegExp(`^${order}$`).test(children.map((child) => `${child.name} `).join('')) ? [] : [`${name}: children`]),
    ...((text === '') === (rule.text === true) ? [`${name}: text`] : []),
    ...children.flatMap(faults),
  ];
}

const attribute = (within: Element, name: string, key: string): (string | undefined)[] =>
  within.children.filter((child) => child.name === name).map((child) => child.attributes[key]);

describe('DICOM audit messages', () => {
  it('every event of the catalogue fits the schema, with little and with all that a record can hold', () => {
    for (const record of samples()) {
      const line = LINE_FORMATS.dicom.line(entryOf(record, new Set()), LOG);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      expect(faults(parseXml(line)), line).toEqual([]);
    }
  });

  it('the schema refuses what is not in it', () => {
    const good = message('unlocked');
    expect(faults({ ...good, children: good.children.slice(1) })).toEqual(['AuditMessage: children']);
    expect(faults({ ...good, attributes: { a: 'b' } })).toEqual(['AuditMessage: a is unknown']);
    expect(faults({ ...good, text: 'x' })).toEqual(['AuditMessage: text']);
  });

  it('carries event id and types of the catalogue', () => {
    for (const [name, { dicom }] of Object.entries(EVENTS) as [EventName, EventDefinition][]) {
      const event = message(name).children[0]!;
      expect(attribute(event, 'EventID', 'csd-code')).toEqual([String(dicom.id)]);
      expect(attribute(event, 'EventTypeCode', 'csd-code')).toEqual([
        ...(dicom.type === undefined ? [] : [String(dicom.type)]),
        name,
      ]);
    }
  });

  it('person, witness, tablet and driver take part; exactly one asked', () => {
    const opened = message('breakGlassOpened');
    expect(attribute(opened, 'ActiveParticipant', 'UserID')).toEqual([
      '11'.repeat(16),
      '22'.repeat(16),
      LOG,
      'onebox-native@1.2.3',
    ]);
    for (const record of samples()) {
      const asked = attribute(
        parseXml(auditMessage(entryOf(record, new Set()), LOG)),
        'ActiveParticipant',
        'UserIsRequestor',
      );
      expect(asked.filter((one) => one === 'true')).toHaveLength(1);
    }
    expect(attribute(opened, 'ParticipantObjectIdentification', 'ParticipantObjectID')).toEqual([
      '33'.repeat(16),
      '44'.repeat(16),
      '55'.repeat(16),
      `${LOG}/7`,
    ]);
    const details = opened.children.at(-1)!.children.filter(({ name }) => name === 'ParticipantObjectDetail');
    const said = Object.fromEntries(
      details.map(({ attributes: { type, value } }) => [type, Buffer.from(value!, 'base64').toString()]),
    );
    expect(said).toMatchObject({ purpose: 'BTG', reason: 'unresponsive', 'number.minutes': '1' });
  });

  it('a whole file is one document', () => {
    const { head, line, tail } = LINE_FORMATS.dicom;
    const lines = samples().map((record) => line(entryOf(record, new Set()), LOG));
    const root = parseXml(`${head}${lines.join('')}${tail}`);
    expect([root.name, root.children.length]).toEqual(['AuditMessages', samples().length]);
  });

  it('what would break the text of XML does not', () => {
    const nasty = '<a b="c">&amp;\u0000\u0007\uFFFE\uD800\n\t\'"]]>é漢😀';
    const parsed = parseXml(element('x', { y: nasty }, element('z', {})));
    expect(parsed.attributes.y).toBe(
      nasty.replace(/[\p{Cc}\uFFFE\uD800]/gu, (one) => ('\t\n'.includes(one) ? one : '\uFFFD')),
    );
    expect(parsed.children.map(({ name }) => name)).toEqual(['z']);
  });
});
