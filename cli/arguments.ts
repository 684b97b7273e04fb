import { parseArgs } from 'node:util';
import { UsageError } from './exit-codes.js';

/** Options of all commands. */
const OPTIONS = {
  json: { type: 'boolean' },
  quiet: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  data: { type: 'string' },
  practice: { type: 'boolean' },
  developer: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  device: { type: 'string' },
  port: { type: 'string' },
  driver: { type: 'string' },
  phases: { type: 'string' },
  person: { type: 'string' },
  name: { type: 'string' },
  role: { type: 'string' },
  reason: { type: 'string' },
  pin: { type: 'string' },
  'pin-file': { type: 'string' },
  'pin-stdin': { type: 'boolean' },
  'new-pin-file': { type: 'string' },
  code: { type: 'string' },
  witness: { type: 'string' },
  'witness-pin-file': { type: 'string' },
  'dispatcher-code': { type: 'string' },
  'words-file': { type: 'string' },
  'one-time-code': { type: 'boolean' },
  card: { type: 'boolean' },
  'card-pin-file': { type: 'string' },
  'smart-card': { type: 'string' },
  'badge-port': { type: 'string' },
  out: { type: 'string', short: 'o' },
  seconds: { type: 'string' },
  unmasked: { type: 'boolean' },
  checkpoint: { type: 'string', multiple: true },
  key: { type: 'string' },
  format: { type: 'string' },
  last: { type: 'string' },
  all: { type: 'boolean' },
  confirm: { type: 'string' },
  'passphrase-file': { type: 'string' },
  override: { type: 'boolean' },
  extend: { type: 'boolean' },
  'serial-end': { type: 'string' },
  transport: { type: 'string' },
  kind: { type: 'string' },
  folder: { type: 'string' },
  fault: { type: 'string', multiple: true },
  cases: { type: 'string' },
  'hand-over': { type: 'string' },
} as const;

export type OptionName = keyof typeof OPTIONS;

/** Understood by every command. */
const COMMON: readonly OptionName[] = ['json', 'quiet', 'no-color', 'data', 'practice', 'developer', 'help', 'version'];

export interface Arguments {
  /** Words that are not options, the command first. */
  readonly words: readonly string[];
  /** Throws UsageError when an option was given that is neither common nor among these. */
  readonly allowOnly: (names: readonly OptionName[]) => void;
  readonly flag: (name: OptionName) => boolean;
  readonly text: (name: OptionName) => string | undefined;
  readonly texts: (name: OptionName) => readonly string[];
  /** A whole number within bounds, or the default. */
  readonly number: (name: OptionName, fallback: number, min: number, max: number) => number;
}

/** Reads a command line; options may stand before and behind the command. Throws UsageError. */
export function readArguments(args: readonly string[]): Arguments {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(args);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : 'The command line cannot be read.');
  }
  const { values, positionals } = parsed;
  const value = (name: OptionName): unknown => (values as Record<string, unknown>)[name];
  const text = (name: OptionName): string | undefined => {
    const found = value(name);
    return typeof found === 'string' ? found : undefined;
  };
  return {
    words: positionals,
    allowOnly: (names) => {
      const strange = Object.keys(values).find((name) => ![...COMMON, ...names].includes(name as OptionName));
      if (strange !== undefined) throw new UsageError(`--${strange} does not belong to this command.`);
    },
    flag: (name) => value(name) === true,
    text,
    texts: (name) => {
      const found = value(name);
      return Array.isArray(found) ? found.map(String) : [];
    },
    number: (name, fallback, min, max) => {
      const given = text(name);
      if (given === undefined) return fallback;
      const number = Number(given);
      if (!/^\d+$/.test(given) || number < min || number > max)
        throw new UsageError(`--${name} takes a whole number from ${min} to ${max}.`);
      return number;
    },
  };
}

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}
