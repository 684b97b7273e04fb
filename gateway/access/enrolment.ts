import { OneBoxError } from '@onebox/protocol/errors.js';
import type { FirstSecret, Role } from '../api.js';
import { ROLE_NUMBERS } from '../audit/events.js';
import type { KnownKind } from './vault.js';

const MAX_NAME = 64;
export const PIN_DIGITS = 6;
const PIN = new RegExp(`^\\d{${PIN_DIGITS}}$`);

/** The name as it is kept: NFC, single spaces. Throws ENROL_INVALID. */
export function checkName(displayName: string): string {
  const name = displayName.normalize('NFC').replace(/\s+/gu, ' ').trim();
  if (name === '' || name.length > MAX_NAME || /[\p{Control}\p{Surrogate}\p{Bidi_Control}]/u.test(name))
    throw new OneBoxError('ENROL_INVALID', 'displayName');
  return name;
}

export function checkRole(role: string): Role {
  if (!Object.hasOwn(ROLE_NUMBERS, role)) throw new OneBoxError('ENROL_INVALID', 'role');
  return role as Role;
}

/** Six digits that are not among the first that a stranger tries. Throws ENROL_INVALID. */
export function checkPin(pin: string): string {
  if (!PIN.test(pin) || isWeak(pin)) throw new OneBoxError('ENROL_INVALID', 'pin');
  return pin;
}

const SHORTEST_PASSPHRASE = 12;
const LONGEST_PASSPHRASE = 128;
const FEWEST_LETTERS = 6;

/** As it is kept: NFKC. Long enough, and not the same few letters over and over. Throws ENROL_INVALID. */
export function checkPassphrase(passphrase: string): string {
  const text = passphrase.normalize('NFKC');
  const letters = [...text];
  const isGood =
    letters.length >= SHORTEST_PASSPHRASE &&
    letters.length <= LONGEST_PASSPHRASE &&
    new Set(letters).size >= FEWEST_LETTERS &&
    text === text.trim() &&
    !/[\p{Control}\p{Surrogate}]/u.test(text);
  if (!isGood) throw new OneBoxError('ENROL_INVALID', 'passphrase');
  return text;
}

/** What opens the vault, as it is kept. */
export interface Secret {
  readonly kind: KnownKind;
  readonly secret: string;
}

/** Of an enrolment: a PIN, or a passphrase instead. Throws ENROL_INVALID. */
export function checkFirst(first: FirstSecret): Secret {
  return 'passphrase' in first
    ? { kind: 'passphrase', secret: checkPassphrase(first.passphrase) }
    : { kind: 'pin', secret: checkPin(first.pin) };
}

function isWeak(pin: string): boolean {
  const digits = [...pin].map(Number);
  const steps = digits.slice(1).map((digit, at) => (digit - digits[at]! + 10) % 10);
  // One digit, or a row up or down, also over 9 to 0.
  if (steps.every((step) => step === steps[0]) && [0, 1, 9].includes(steps[0]!)) return true;
  return PATTERNS.some((pattern) => pattern.test(pin));
}

/** 121212, 123123, 112233, 111222, 123321. */
const PATTERNS = [/^(\d\d)\1\1$/, /^(\d{3})\1$/, /^(\d)\1(\d)\2(\d)\3$/, /^(\d)\1\1(\d)\2\2$/, /^(\d)(\d)(\d)\3\2\1$/];
