import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { type Factor, REASONS, type Reason, type Role } from '@onebox/gateway/api.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
import { OneBoxError } from '@onebox/protocol/errors.js';
import type { Arguments } from './arguments.js';
import { UsageError } from './exit-codes.js';
import type { Output } from './output.js';

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

/** A PIN from the options, the first line of standard input, or a prompt on a terminal. Throws FACTOR_MISSING, READ_STOPPED. */
export async function pinOf(args: Arguments, output: Output, prompt: string): Promise<string> {
  const given = args.text('pin');
  if (given !== undefined && !args.flag('practice'))
    throw new UsageError('--pin is for --practice only: use --pin-stdin or --pin-file.');
  const file = args.text('pin-file');
  const pin =
    given ??
    (file === undefined ? undefined : firstLine(readFile(file))) ??
    (args.flag('pin-stdin') ? firstLine(await readInput()) : undefined);
  if (pin !== undefined) return pin;
  if (!process.stdin.isTTY) throw new OneBoxError('FACTOR_MISSING', '--pin-stdin or --pin-file');
  return ask(output, prompt);
}

/** The recovery words, in one line of standard input or asked for on a terminal. Throws FACTOR_MISSING, READ_STOPPED. */
export async function wordsOf(args: Arguments, output: Output): Promise<readonly string[]> {
  const given = args.flag('words-stdin') ? firstLine(await readInput()) : undefined;
  if (given === undefined && !process.stdin.isTTY) throw new OneBoxError('FACTOR_MISSING', '--words-stdin');
  return (given ?? (await ask(output, 'Recovery words: '))).split(/\s+/).filter(Boolean);
}

/** The person whom `--person` names, unlocked, and the factor to show again. Throws NOT_ENROLLED, PERSON_UNKNOWN, FACTOR_MISSING, FACTOR_WRONG, FACTOR_WAIT. */
export async function unlock(gateway: Gateway, args: Arguments, output: Output): Promise<Factor> {
  const { people, stage } = await gateway.call('status');
  if (stage === 'first-run') throw new OneBoxError('NOT_ENROLLED');
  const name = args.text('person');
  const named = people.filter(({ id, displayName }) => id === name || displayName === name);
  const [person] = named;
  if (!person) throw new OneBoxError('PERSON_UNKNOWN', name === undefined ? '--person' : '');
  if (named.length > 1) throw new OneBoxError('INPUT_INVALID', '--person: several people have this name, use the id');
  const factor: Factor = { kind: 'pin', pin: await pinOf(args, output, `PIN of ${person.displayName}: `) };
  await gateway.call('unlock', { personId: person.id, factor });
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

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new OneBoxError('INPUT_INVALID', '--pin-file');
  }
}

function firstLine(text: string): string {
  return text.split(/\r?\n/, 1)[0] ?? '';
}

async function readInput(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.includes('\n') || text.length > 1000) break;
  }
  return text;
}

/** Asks on the terminal without showing what is typed: nothing is echoed, as there is no output. */
function ask(output: Output, prompt: string): Promise<string> {
  // Raw first, then the question: what is typed early would be echoed by the terminal.
  const lines = createInterface({ input: process.stdin, terminal: true });
  output.ask(prompt);
  return new Promise<string>((resolve, reject) => {
    lines.once('line', resolve);
    // Ctrl+C and Ctrl+D: the line is raw, so that no signal comes.
    lines.once('SIGINT', () => reject(new OneBoxError('READ_STOPPED')));
    lines.once('close', () => reject(new OneBoxError('FACTOR_MISSING')));
  }).finally(() => {
    lines.close();
    output.ask('\n');
  });
}
