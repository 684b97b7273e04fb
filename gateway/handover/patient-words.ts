import { ONEBOX_SYSTEM } from '@onebox/protocol/codes.js';
import type { Fact } from '../card/facts.js';
import { plain } from './plain.js';

/** Words of a term of ours about the patient, in the order they came. */
export function patientWords(values: readonly Fact[], term: string): readonly string[] {
  return values.flatMap(({ value }) => {
    const first = value.code?.coding?.[0];
    const said = first?.system === ONEBOX_SYSTEM && first.code === `patient.${term}` ? plain(value.text) : '';
    return said ? [said] : [];
  });
}
