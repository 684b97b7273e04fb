import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { OneBoxError } from '@onebox/protocol/errors.js';
import { type Factor, type PersonSummary, REASONS, type Reason, type Role } from '@onebox/gateway/api.js';
import type { Gateway } from '@onebox/gateway/gateway.js';
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

/** A PIN from the options, the first line of standard input, or a prompt on a terminal. Throws FACTOR_MISSING. */
export async function pinOf(args: Arguments, output: Output, prompt: string): Promise<string> {
  const given = args.text('pin');
  if (given !== undefined) return given;
  const file = args.text('pin-file');
  if (file !== undefined) return firstLine(readFile(file));
  if (args.flag('pin-stdin') || !process.stdin.isTTY) {
    if (!args.flag('pin-stdin')) throw new OneBoxError('FACTOR_MISSING', '--pin-stdin or --pin-file');
    return firstLine(await readInput());
  }
  return ask(output, prompt);
}

/** The person who reads, unlocked, and the factor to show again. In practice without `--person`, one who exists for this run only. */
export async function unlock(gateway: Gateway, args: Arguments, output: Output): Promise<{ readonly person: PersonSummary; readonly factor: Factor }> {
  const { people, stage } = await gateway.call('status');
  const name = args.text('person');
  if (name === undefined && stage === 'first-run' && args.flag('practice')) {
    // Nobody knows this PIN; it dies with the process.
    const factor: Factor = { kind: 'pin', pin: randomPin() };
    const { person } = await gateway.call('enrol', { displayName: 'Practice', role: 'responder', pin: factor.pin });
    await gateway.call('unlock', { personId: person.id, factor });
    return { person, factor };
  }
  if (stage === 'first-run') throw new OneBoxError('NOT_ENROLLED');
  const person = name === undefined ? (people.length === 1 ? people[0] : undefined) : people.find(({ id, displayName }) => id === name || displayName === name);
  if (!person) throw new OneBoxError('PERSON_UNKNOWN', name === undefined ? '--person' : '');
  const factor: Factor = { kind: 'pin', pin: await pinOf(args, output, `PIN of ${person.displayName}: `) };
  await gateway.call('unlock', { personId: person.id, factor });
  return { person, factor };
}

/** Six digits that are neither a row nor one digit. */
export function randomPin(): string {
  for (;;) {
    const pin = String(randomInt(0, 1_000_000)).padStart(6, '0');
    if (new Set(pin).size >= 4) return pin;
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

/** Asks on the terminal without showing what is typed. */
function ask(output: Output, prompt: string): Promise<string> {
  output.say(prompt);
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin, terminal: true, output: undefined as never });
    lines.once('line', (line) => {
      lines.close();
      resolve(line.trim());
    });
  });
}
