import { APPLICATION, DICOM_NAMES } from './codes.js';
import { detailsOf, instant, type TrailEntry } from './entry.js';
import { element, escapeXml } from './xml.js';

/** Private coding scheme (PS3.16, section 8.2: private designators begin with 99). */
const ONEBOX = '99ONEBOX';
const DICOM = 'DCM';

/**
 * DICOM audit message of a record (PS3.15 annex A.5, schema of A.5.1): one line, without XML declaration. The coding
 * elements have their required attributes only, objects are named by the kind they are of. `log` is the hex id.
 */
export function auditMessage(entry: TrailEntry, log: string): string {
  return element(
    'AuditMessage',
    {},
    eventIdentification(entry),
    ...participants(entry, log),
    element('AuditSourceIdentification', { AuditSourceID: log }, element('AuditSourceTypeCode', { 'csd-code': '1' })),
    ...objects(entry, log),
  );
}

function eventIdentification({ action, at, outcome, error, dicom, event, title }: TrailEntry): string {
  return element(
    'EventIdentification',
    { EventActionCode: action, EventDateTime: instant(at), EventOutcomeIndicator: String(outcome) },
    dicomCode('EventID', dicom.id),
    ...(dicom.type === undefined ? [] : [dicomCode('EventTypeCode', dicom.type)]),
    code('EventTypeCode', event, ONEBOX, title),
    ...(error === undefined ? [] : [element('EventOutcomeDescription', {}, escapeXml(error))]),
  );
}

function participants({ person, secondPerson, role, driver }: TrailEntry, log: string): string[] {
  const participant = (id: string, isRequestor: boolean, ...roles: readonly string[]): string =>
    element('ActiveParticipant', { UserID: id, UserIsRequestor: String(isRequestor) }, ...roles);
  const roleCode = (name: string): string => code('RoleIDCode', name, ONEBOX, name);
  const application = dicomCode('RoleIDCode', APPLICATION);
  return [
    ...(person === undefined ? [] : [participant(person, true, ...(role === undefined ? [] : [roleCode(role)]))]),
    ...(secondPerson === undefined ? [] : [participant(secondPerson, false, roleCode('witness'))]),
    participant(log, person === undefined, application),
    ...(driver === undefined
      ? []
      : [participant(`${driver.id}@${driver.version}`, false, application, roleCode('driver'))]),
  ];
}

/** Roles of objects: 4 resource, 13 security resource, 20 job. All are of type 2, system object. */
function objects(entry: TrailEntry, log: string): string[] {
  const { device, accessId, sessionId } = entry;
  const details = detailsOf(entry).map(([type, value]) =>
    element('ParticipantObjectDetail', { type, value: Buffer.from(value).toString('base64') }),
  );
  return [
    ...(device === undefined ? [] : [object('device-pseudonym', device, '4')]),
    ...(accessId === undefined ? [] : [object('access', accessId, '20')]),
    ...(sessionId === undefined ? [] : [object('session', sessionId, '20')]),
    object('log-entry', `${log}/${entry.index}`, '13', details),
  ];
}

function object(kind: string, id: string, role: string, details: readonly string[] = []): string {
  return element(
    'ParticipantObjectIdentification',
    { ParticipantObjectID: id, ParticipantObjectTypeCode: '2', ParticipantObjectTypeCodeRole: role },
    code('ParticipantObjectIDTypeCode', kind, ONEBOX, kind),
    element('ParticipantObjectName', {}, kind),
    ...details,
  );
}

const dicomCode = (name: string, value: number): string =>
  code(name, String(value), DICOM, DICOM_NAMES[value] ?? String(value));

function code(name: string, value: string, system: string, text: string): string {
  return element(name, { 'csd-code': value, codeSystemName: system, originalText: text });
}
