import type { PatientMatch } from './model.js';

const WORDS: Readonly<Record<PatientMatch['state'], string>> = {
  confirmed: 'PATIENT MATCH: CONFIRMED',
  'not-confirmed': 'PATIENT MATCH: NOT CONFIRMED. Nobody has compared the device with the patient’s card',
  waiting: 'PATIENT MATCH: NOT CONFIRMED. The device has not given its serial number',
  'no-serial': 'PATIENT MATCH: NOT CONFIRMED. The device gives no serial number',
  contradicted: 'PATIENT MATCH: CONTRADICTED. The serial number is not that of the patient’s card or the housing',
};
const BY = { cable: 'by its cable', 'serial-number': 'by the end of its serial number' } as const;

/** Whether what was read is known to be of the patient, for whoever reads it as text. */
export function matchWords({ state, by }: PatientMatch): string {
  return `${WORDS[state]}${state === 'confirmed' && by ? ` ${BY[by]}` : ''}.`;
}
