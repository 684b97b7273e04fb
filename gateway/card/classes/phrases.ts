import type { Time } from '@onebox/protocol/messages.js';
import type { Facts } from '../facts.js';
import type { Phrase } from '../model.js';
import { printable, timeValue } from '../values.js';

/** `id` with the time of a fact, or nothing when there is none. */
export function timed(id: string, time: Time | null | undefined): Phrase[] {
  const value = timeValue(time);
  return value ? [{ id, params: { time: { kind: 'time', time: value } } }] : [];
}

/** `id` with the newest value of a code. */
export function valued(id: string, facts: Facts, key: string): Phrase[] {
  const fact = facts.latest(key);
  const value = fact && printable(fact.value).value;
  return value ? [{ id, params: { value } }] : [];
}

/** `id` with the date that a code carries as its value. */
export function dated(id: string, facts: Facts, key: string): Phrase[] {
  return timed(id, facts.latest(key)?.value.dateTime);
}
