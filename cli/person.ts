import { randomInt } from 'node:crypto';
import { type Factor, type Known, REASONS, type Reason, type Role } from '@onebox/gateway/api.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from './arguments.js';
import { UsageError } from './exit-codes.js';
import { findPerson, firstLine, knownOf, readText } from './known.js';
import type { Output } from './output.js';
import { secondOf } from './second-factor.js';
import { ask, nextLine } from './terminal.js';

const ROLES: readonly Role[] = ['responder', 'clinician', 'privacy-officer', 'device-manager', 'service'];

export function roleOf(args: Arguments): Role {
  const role = args.text('role') ?? 'responder';
  if (!ROLES.includes(role as Role)) throw new UsageError(`--role is one of ${ROLES.join(', ')}.`);
  return role as Role;
}

/** The reason for a read. Throws REASON_MISSING where nobody gave one: real reads have no default. */
export function reasonOf(args: Arguments, fallback?: Reason): Reason {
  const reason = args.text('reason') ?? fallback;
  if (reason === undefined) throw new OneBoxError('REASON_MISSING', REASONS.join(', '));
  if (!REASONS.includes(reason as Reason)) throw new UsageError(`--reason is one of ${REASONS.join(', ')}.`);
  return reason as Reason;
}

/**
 * A PIN, or a passphrase, from the options, the next line of standard input, or a prompt on a terminal. Throws
 * FACTOR_MISSING, READ_STOPPED.
 */
export async function pinOf(
  args: Arguments,
  output: Output,
  prompt: string,
  fileOption: 'pin-file' | 'new-pin-file' = 'pin-file',
): Promise<string> {
  const given = fileOption === 'pin-file' ? args.text('pin') : undefined;
  if (given !== undefined && !args.flag('practice'))
    throw new UsageError('--pin is for --practice only: use --pin-stdin or --pin-file.');
  const file = args.text(fileOption);
  const pin =
    given ??
    (file === undefined ? undefined : firstLine(readText(file, fileOption))) ??
    (args.flag('pin-stdin') ? ((await nextLine()) ?? '') : undefined);
  if (pin !== undefined) return pin;
  if (!process.stdin.isTTY) throw new OneBoxError('FACTOR_MISSING', `--pin-stdin or --${fileOption}`);
  return ask(output, prompt);
}

/**
 * The person whom `--person` names, unlocked, and the factor to show again. Every run begins a shift: outside of
 * practice it needs a second factor. Throws NOT_ENROLLED, PERSON_UNKNOWN, FACTOR_MISSING, FACTOR_SECOND, FACTOR_WRONG,
 * FACTORS_WRONG, FACTOR_WAIT.
 */
export async function unlock(gateway: Gateway, args: Arguments, output: Output): Promise<Known> {
  const status = await gateway.call('status');
  if (status.stage === 'first-run') throw new OneBoxError('NOT_ENROLLED');
  const person = findPerson(status.people, args.text('person'), '--person');
  const factor = knownOf(await pinOf(args, output, `PIN of ${person.displayName}: `));
  const second = await secondOf(args, output, status, person);
  await gateway.call('unlock', { personId: person.id, factor, ...(second ? { second } : {}) });
  return factor;
}

/** A practice person who exists for this run only: nobody knows the PIN, and it dies with the process. */
export async function unlockForPractice(gateway: Gateway): Promise<Factor> {
  const factor: Factor = { kind: 'pin', pin: randomPin() };
  const { person } = await gateway.call('enrol', { displayName: 'Practice', role: 'responder', pin: factor.pin });
  await gateway.call('unlock', { personId: person.id, factor });
  return factor;
}

/** Six digits of which at least four differ, in no order: never one that enrolment refuses. */
export function randomPin(): string {
  for (;;) {
    const digits = Array.from({ length: 6 }, () => randomInt(10));
    const [first = 0, second = 0, third = 0] = digits;
    if (new Set(digits).size >= 4 && second - first !== third - second) return digits.join('');
  }
}
