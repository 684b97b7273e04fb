import { icd } from './icd.js';
import { insulinPump } from './insulin-pump.js';
import { neurostimulator } from './neurostimulator.js';
import { pacemaker } from './pacemaker.js';
import type { PracticePatient } from './patient.js';

/** The practice patients that speak onebox.v1, by the key that commands use. */
export const PATIENTS: readonly PracticePatient[] = [icd(), pacemaker, insulinPump, neurostimulator];

/** A second ICD beside the first: for practising with two devices that look alike. */
export const SECOND_ICD: PracticePatient = icd({
  key: 'icd-2',
  name: 'Practice ICD VR',
  serial: 'PRACTICE-4471',
  seed: 4471,
});
