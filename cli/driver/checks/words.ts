import { MDC, ONEBOX_SYSTEM } from '@onebox/protocol/codes.js';
import { ONEBOX_TERMS } from '@onebox/protocol/nomenclature/onebox-terms.js';
import { knownUnit } from '@onebox/protocol/units.js';
import { counted, fail, type Line, ok } from '../report.js';
import type { Call, Literal, Sources } from '../sources.js';

/** Codes, units and words of a driver, as they stand in its program. */

/** Place of the unit among the arguments of the builders of findings. */
const UNIT_ARGUMENT: Readonly<Record<string, number>> = {
  observation: 2,
  setting: 2,
  statistic: 2,
  measured: 2,
  numeric: 1,
  numericOrAbsent: 1,
};

/** `mdc('...')`, `term('...')` and the units of values, in calls and in tables: each must be in the tables of OneBox. */
export function checkCodes({ calls, literals }: Sources): readonly Line[] {
  const codes = new Set<string>();
  const units = new Set<string>();
  const unitProblem = (unit: string, at: Call['at']): readonly Line[] => {
    units.add(unit);
    const mend = 'write a UCUM code of protocol/units.ts';
    return knownUnit(unit) ? [] : [fail('units', `"${unit}" is not a known unit`, at, mend)];
  };
  const problems = calls.flatMap((call) => {
    const code = codeOf(call);
    if (code) codes.add(code);
    const unit = unitOf(call);
    if (code && !knownCode(call.name, code)) return [unknownCode(call, code)];
    return unit ? unitProblem(unit, call.at) : [];
  });
  problems.push(...literals.flatMap(({ text, at, isUnit }) => (isUnit ? unitProblem(text, at) : [])));
  if (problems.length > 0) return problems;
  return [ok('codes', `${counted(codes.size, 'code')} and ${counted(units.size, 'unit')} in the program, all known`)];
}

function codeOf({ name, receiver, args }: Call): string | undefined {
  const [first] = args;
  return receiver === '' && (name === 'mdc' || name === 'term') && typeof first === 'string' ? first : undefined;
}

function unitOf({ name, receiver, args }: Call): string | undefined {
  const place = receiver === '' && Object.hasOwn(UNIT_ARGUMENT, name) ? UNIT_ARGUMENT[name] : undefined;
  const unit = place === undefined ? undefined : args[place];
  return typeof unit === 'string' ? unit : undefined;
}

function knownCode(name: string, code: string): boolean {
  if (code.includes(' … ')) return true;
  return name === 'term' ? Object.hasOwn(ONEBOX_TERMS, code) : Object.hasOwn(MDC, code.replace(/^MDC_/, ''));
}

function unknownCode({ name, at }: Call, code: string): Line {
  const mend =
    name === 'mdc'
      ? 'take a reference id of protocol/nomenclature, or code() with your own system'
      : `take a term of ${ONEBOX_SYSTEM}, or code() with your own system`;
  return fail('codes', `${code} is not in the tables`, at, mend);
}

/** A word as it stands in a sentence; `baudRate:u16`, `0x20` and names in capitals are none. */
const WORD = /^["'(]?\p{Ll}[\p{Ll}'’-]*[.,;:!?"')]*$/u;

/** How a sentence begins; `PID-3` is a name. */
const CAPITAL = /^["'(]?\p{Lu}\p{Ll}*[,:;]?$/u;

/** The user interface words everything, in every language: a program has codes, not sentences. */
export function checkSentences({ literals, files }: Sources): readonly Line[] {
  const problems = literals
    .filter(isSentence)
    .map(({ text, at }) =>
      fail(
        'words',
        `a sentence: "${shortened(text)}"`,
        at,
        'say it as a code (mdc, term or code), or throw it as detail',
      ),
    );
  if (problems.length > 0) return problems;
  return [ok('words', `no sentences in ${counted(files.length, 'file')} of the program`)];
}

/** Details of faults, in small letters, are for the log and no sentences. */
function isSentence({ text, thrown, shown }: Literal): boolean {
  const words = text.trim().split(/\s+/);
  const small = words.filter((word) => WORD.test(word)).length;
  return !thrown && small >= (shown ? 2 : 3) && words.length >= 3 && (shown || CAPITAL.test(words[0] ?? ''));
}

const shortened = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}...` : text);
