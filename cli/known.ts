import { readFileSync } from 'node:fs';
import type { FirstSecret, Known, PersonSummary } from '@onebox/gateway/api.js';
import { OneBoxError } from '@onebox/protocol/errors.js';

/** Six digits are a PIN, everything else a passphrase. */
export function knownOf(text: string): Known {
  return /^\d*$/.test(text) ? { kind: 'pin', pin: text } : { kind: 'passphrase', passphrase: text };
}

/** As `knownOf`, of a person who is enrolled with it. */
export function firstSecretOf(text: string): FirstSecret {
  const known = knownOf(text);
  return known.kind === 'pin' ? { pin: known.pin } : { passphrase: known.passphrase };
}

/** The person of this name or id. Throws PERSON_UNKNOWN, INPUT_INVALID. */
export function findPerson(people: readonly PersonSummary[], name: string | undefined, option: string): PersonSummary {
  const named = people.filter(({ id, displayName }) => id === name || displayName === name);
  const [person] = named;
  if (!person) throw new OneBoxError('PERSON_UNKNOWN', name === undefined ? option : '');
  if (named.length > 1) throw new OneBoxError('INPUT_INVALID', `${option}: several people have this name, use the id`);
  return person;
}

/** Throws INPUT_INVALID with the option that names the file. */
export function readText(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new OneBoxError('INPUT_INVALID', `--${option}`);
  }
}

/** Without the end of the line. */
export function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}
