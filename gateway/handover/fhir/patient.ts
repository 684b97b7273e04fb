import { ONEBOX_SYSTEM } from '@onebox/protocol/codes.js';
import type { Fact } from '../../card/facts.js';
import { plain } from '../plain.js';
import type { Element } from './types.js';

/** What the device or its file says of the patient. OneBox asks for no identity and makes none up. */

const GENDERS: ReadonlyMap<string, string> = new Map([
  ['F', 'female'],
  ['M', 'male'],
  ['O', 'other'],
  ['A', 'other'],
  ['U', 'unknown'],
]);
const BIRTH_DATE = /^\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?$/;

/** Words of a term of ours about the patient, in the order they came. */
export function patientWords(values: readonly Fact[], term: string): readonly string[] {
  return values.flatMap(({ value }) => {
    const first = value.code?.coding?.[0];
    const said = first?.system === ONEBOX_SYSTEM && first.code === `patient.${term}` ? plain(value.text) : '';
    return said ? [said] : [];
  });
}

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
    ...(born && BIRTH_DATE.test(born) ? { birthDate: born } : {}),
  };
}
