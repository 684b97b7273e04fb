import { APPLICATION, DICOM_NAMES, SYSTEM } from './codes.js';
import { detailsOf, instant, type TrailEntry } from './entry.js';

/**
 * FHIR R4 AuditEvent of a record: the pattern of IHE Basic Audit Log Patterns (person, application and source as
 * agents, objects as entities), with the event codes of DICOM PS3.15 annex A.5, as BALP has no profile for the
 * override of a policy. References are logical: pseudonyms have no resource.
 */
export interface AuditEvent {
  readonly resourceType: 'AuditEvent';
  /** Log and index: the same record has the same id in every export. */
  readonly id: string;
  readonly meta?: { readonly security: readonly Coding[] };
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  readonly action: string;
  readonly recorded: string;
  readonly outcome: string;
  readonly outcomeDesc?: string;
  readonly purposeOfEvent?: readonly Concept[];
  readonly agent: readonly Agent[];
  readonly source: { readonly observer: Reference; readonly type: readonly Coding[] };
  readonly entity: readonly Entity[];
}

interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}

interface Concept {
  readonly coding: readonly Coding[];
}

interface Reference {
  readonly identifier: { readonly system: string; readonly value: string };
}

interface Agent {
  readonly type: Concept;
  readonly role?: readonly Concept[];
  readonly who: Reference;
  readonly requestor: boolean;
  readonly purposeOfUse?: readonly Concept[];
}

interface Entity {
  readonly what: Reference;
  readonly type: Coding;
  readonly role: Coding;
  readonly detail?: readonly { readonly type: string; readonly valueString: string }[];
}

/** `log` is the hex id of the log. */
export function auditEvent(entry: TrailEntry, log: string): AuditEvent {
  const { error, dicom } = entry;
  const purposes = purposesOf(entry);
  return {
    resourceType: 'AuditEvent',
    id: `${log}-${entry.index}`,
    ...(entry.practice ? { meta: { security: [coding(SYSTEM.reason, 'HTEST', 'test health data')] } } : {}),
    type: dicomCoding(dicom.id),
    subtype: [
      ...(dicom.type === undefined ? [] : [dicomCoding(dicom.type)]),
      coding(SYSTEM.event, entry.event, entry.title),
    ],
    action: entry.action,
    recorded: instant(entry.at),
    outcome: String(entry.outcome),
    ...(error === undefined ? {} : { outcomeDesc: error }),
    ...(purposes.length === 0 ? {} : { purposeOfEvent: purposes }),
    agent: agentsOf(entry, log, purposes),
    source: { observer: reference(SYSTEM.log, log), type: [coding(SYSTEM.sourceType, '1', 'User Device')] },
    entity: entitiesOf(entry, log),
  };
}

function purposesOf({ purpose, reason }: TrailEntry): Concept[] {
  return [
    ...(purpose === undefined ? [] : [concept(SYSTEM.reason, purpose)]),
    ...(reason === undefined ? [] : [concept(SYSTEM.oneboxReason, reason)]),
  ];
}

function agentsOf(entry: TrailEntry, log: string, purposes: readonly Concept[]): Agent[] {
  const { person, secondPerson, role, driver } = entry;
  const application = { coding: [dicomCoding(APPLICATION)] };
  const agents: Agent[] = [];
  if (person !== undefined)
    agents.push({
      type: concept(SYSTEM.participation, 'IRCP', 'information recipient'),
      ...(role === undefined ? {} : { role: [concept(SYSTEM.role, role)] }),
      who: reference(SYSTEM.person, person),
      requestor: true,
      ...(purposes.length === 0 ? {} : { purposeOfUse: purposes }),
    });
  if (secondPerson !== undefined)
    agents.push({
      type: concept(SYSTEM.participation, 'WIT', 'witness'),
      who: reference(SYSTEM.person, secondPerson),
      requestor: false,
    });
  agents.push({ type: application, who: reference(SYSTEM.log, log), requestor: person === undefined });
  if (driver !== undefined)
    agents.push({
      type: application,
      who: reference(SYSTEM.driver, `${driver.id}@${driver.version}`),
      requestor: false,
    });
  return agents;
}

function entitiesOf(entry: TrailEntry, log: string): Entity[] {
  const { device, accessId, sessionId } = entry;
  const object = (system: string, value: string, role: Coding): Entity => ({
    what: reference(system, value),
    type: coding(SYSTEM.entityType, '2', 'System Object'),
    role,
  });
  const job = coding(SYSTEM.objectRole, '20', 'Job');
  return [
    ...(device === undefined ? [] : [object(SYSTEM.device, device, coding(SYSTEM.objectRole, '4', 'Domain Resource'))]),
    ...(accessId === undefined ? [] : [object(SYSTEM.access, accessId, job)]),
    ...(sessionId === undefined ? [] : [object(SYSTEM.session, sessionId, job)]),
    {
      ...object(SYSTEM.log, `${log}/${entry.index}`, coding(SYSTEM.objectRole, '13', 'Security Resource')),
      detail: detailsOf(entry).map(([type, valueString]) => ({ type, valueString })),
    },
  ];
}

const coding = (system: string, code: string, display?: string): Coding => ({
  system,
  code,
  ...(display === undefined ? {} : { display }),
});
const concept = (system: string, code: string, display?: string): Concept => ({
  coding: [coding(system, code, display)],
});
const reference = (system: string, value: string): Reference => ({ identifier: { system, value } });

function dicomCoding(code: number): Coding {
  return coding(SYSTEM.dicom, String(code), DICOM_NAMES[code]);
}
