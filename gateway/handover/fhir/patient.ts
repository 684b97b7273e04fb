import type { Fact } from '../../card/facts.js';
import { patientWords } from '../patient-words.js';
import { type Element, isDate } from './types.js';

/** What the device or its file says of the patient. OneBox asks for no identity and makes none up. */

const GENDERS: ReadonlyMap<string, string> = new Map([
  ['F', 'female'],
  ['M', 'male'],
  ['O', 'other'],
  ['A', 'other'],
  ['U', 'unknown'],
]);

/** Undefined where the device says nothing. Each statement also is an Observation, word for word. */
export function patientResource(values: readonly Fact[], meta: Element): Element | undefined {
  const [name] = patientWords(values, 'name');
  const [born] = patientWords(values, 'birth-date');
  const [sex] = patientWords(values, 'sex');
  const ids = patientWords(values, 'identifier');
  if (!name && !born && !sex && ids.length === 0) return undefined;
  const gender = GENDERS.get(sex?.toUpperCase() ?? '');
  return {
    resourceType: 'Patient',
    ...meta,
    ...(ids.length > 0 ? { identifier: ids.map((value) => ({ value })) } : {}),
    ...(name ? { name: [{ text: name }] } : {}),
    ...(gender ? { gender } : {}),
    ...(born && isDate(born) ? { birthDate: born } : {}),
  };
}
