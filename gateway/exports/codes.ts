/** Code systems of the exports, and the names of the DICOM codes that the event catalogue uses. */

export const SYSTEM = {
  dicom: 'http://dicom.nema.org/resources/ontology/DCM',
  reason: 'http://terminology.hl7.org/CodeSystem/v3-ActReason',
  participation: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
  entityType: 'http://terminology.hl7.org/CodeSystem/audit-entity-type',
  objectRole: 'http://terminology.hl7.org/CodeSystem/object-role',
  sourceType: 'http://terminology.hl7.org/CodeSystem/security-source-type',
  // Ours.
  event: 'urn:onebox:audit-event',
  oneboxReason: 'urn:onebox:reason',
  role: 'urn:onebox:role',
  person: 'urn:onebox:pseudonym:person',
  device: 'urn:onebox:pseudonym:device',
  access: 'urn:onebox:access',
  session: 'urn:onebox:session',
  driver: 'urn:onebox:driver',
  log: 'urn:onebox:log',
} as const;

/** DICOM PS3.16 annex D, for PS3.15 annex A.5. */
export const DICOM_NAMES: Readonly<Record<number, string>> = {
  110100: 'Application Activity',
  110101: 'Audit Log Used',
  110106: 'Export',
  110110: 'Patient Record',
  110113: 'Security Alert',
  110114: 'User Authentication',
  110120: 'Application Start',
  110121: 'Application Stop',
  110122: 'Login',
  110123: 'Logout',
  110127: 'Emergency Override Started',
  110131: 'Software Configuration',
  110132: 'Use of Restricted Function',
  110137: 'User Security Attributes Changed',
  110138: 'Emergency Override Stopped',
  110145: 'Session start',
  110146: 'Session stop',
  110150: 'Application',
};

/** Role of an active participant that is a program. */
export const APPLICATION = 110150;
