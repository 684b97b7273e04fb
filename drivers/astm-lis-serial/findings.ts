import {
  absent,
  code,
  type Details,
  identity,
  observation,
  range,
  statistic,
  text,
} from '@onebox/driver-sdk/findings.js';
import { type AstmSender, plainNumber } from '@onebox/driver-sdk/parts/astm-result.js';
import { printable } from '@onebox/driver-sdk/parts/text.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Code, Finding, Time } from '@onebox/protocol/messages.js';
import { v1 } from '@onebox/protocol/wire.js';
import { analyte, glucose, isGlucose, isHba1c, ucumUnit } from './analytes.js';
import type { ContourHeader, ContourResult } from './contour.js';

/** From records to findings. Texts of the instrument go through `printable`: a hostile one must not break the rules. */

/** Longest text of a value. */
const TEXT_LENGTH = 2000;

export function meterIdentity(header: ContourHeader): Finding {
  const versions = [header.digitalVersion, header.analogVersion, header.agpVersion];
  return identity({
    deviceClass: 'glucose-meter',
    type: mdc('MDC_DEV_SPEC_PROFILE_GLUCOSE'),
    manufacturer: /^(Bayer|Ascensia)/.exec(header.productCode ?? '')?.[1] ?? '',
    model: printable(header.productCode ?? ''),
    serial: printable(header.serialNumber ?? ''),
    firmware: printable(versions.filter((part) => part !== null).join(' / ')),
    practice: isPractice(header.productCode),
  });
}

export function analyserIdentity(sender: AstmSender): Finding {
  return identity({
    deviceClass: 'generic',
    manufacturer: printable(sender.manufacturer ?? ''),
    model: printable(sender.name ?? ''),
    serial: printable(sender.serial ?? ''),
    firmware: printable(sender.version ?? ''),
    practice: isPractice(sender.name),
  });
}

/** Simulated instruments call themselves so. */
function isPractice(name: string | null): boolean {
  return /practice/i.test(name ?? '');
}

/** What the header says of the meter's range and of the limits that were set in it. */
export function meterSettings(header: ContourHeader, at: number): Finding[] {
  const details: Details = { at, source: 'H field 6', origin: 'stored', as: 'setting' };
  const span = (what: Code, low: number | null, high: number | null): Finding[] =>
    low === null || high === null
      ? []
      : [
          range(
            what,
            { low: { coefficient: low, exponent: 0 }, high: { coefficient: high, exponent: 0 }, unit: 'mg/dL' },
            details,
          ),
        ];
  const found = span(term('meter.range'), header.lowBoundMgDl, header.highBoundMgDl);
  if (header.totalResults !== null) {
    found.push(
      statistic(term('meter.results'), header.totalResults, '{count}', { at, source: 'H field 7', origin: 'stored' }),
    );
  }
  const { limits } = header;
  if (limits === undefined) return found;
  return [
    ...found,
    ...span(term('glucose.target'), limits.overallLow, limits.overallHigh),
    ...span(term('glucose.target.before-meal'), limits.preFoodLow, limits.preFoodHigh),
    ...span(term('glucose.target.after-meal'), limits.postFoodLow, limits.postFoodHigh),
    observationSetting(mdc('MDC_CONC_GLU_THRESHOLD_HYPO'), limits.hypoLimit, details),
    observationSetting(mdc('MDC_CONC_GLU_THRESHOLD_HYPER'), limits.hyperLimit, details),
  ];
}

function observationSetting(what: Code, value: number, details: Details): Finding {
  return observation(what, value, 'mg/dL', details);
}

/** What the records around a result say of it. */
export interface ResultContext {
  readonly time: Time;
  /** Place in the upload, from 1. */
  readonly order: number;
  /** An analyser holds results of many: these tell them apart. */
  readonly specimen: string | null;
  readonly patient: string | null;
}

/**
 * One result. A test with control solution is no value of the patient: it gets the code for control solution
 * and the validity "test". A value beyond the range of the meter is absent, high or low, without its number.
 */
export function resultFinding(result: ContourResult, context: ResultContext): Finding {
  const test = printable(result.test ?? '');
  const what = codeOf(result, test);
  const details: Details = {
    at: context.time,
    source: `R ${result.sequence ?? context.order}`,
    origin: isEntry(test) ? 'entered' : 'stored',
    validity: result.control ? 'test' : 'unqualified',
    qualifiers: qualifiers(result, context),
  };
  if (result.outOfRange !== null) {
    return absent(what, result.outOfRange === 'HI' ? 'positive-infinity' : 'negative-infinity', details);
  }
  const value = printable(result.value ?? '', TEXT_LENGTH);
  if (value === '') return absent(what, 'unknown', details);
  const unit = ucumUnit(result.unit);
  const { number, comparator } = measured(value);
  if (number !== null && unit !== undefined) return compared(observation(what, number, unit, details), comparator);
  // A unit or a value that we cannot name: the words of the instrument, never a number without its unit.
  return text(what, printable(`${value} ${result.unit ?? ''}`, TEXT_LENGTH), details);
}

/** `5.2`, or `<5.0` and `>300` of analysers. */
function measured(value: string): { number: string | null; comparator: '<' | '>' | '' } {
  const match = /^([<>]?)\s*(.*)$/.exec(value)!;
  return { number: plainNumber(match[2]), comparator: match[1] as '<' | '>' | '' };
}

function compared(finding: Finding, comparator: '<' | '>' | ''): Finding {
  const { COMPARATOR_LESS_THAN, COMPARATOR_GREATER_THAN } = v1.Comparator;
  const numeric = finding.observation?.numeric;
  if (comparator === '' || !numeric) return finding;
  const sign = comparator === '<' ? COMPARATOR_LESS_THAN : COMPARATOR_GREATER_THAN;
  return { observation: { ...finding.observation, numeric: { ...numeric, comparator: sign } } };
}

function codeOf(result: ContourResult, test: string): Code {
  if (isGlucose(test)) {
    return result.control ? analyte(test, mdc('MDC_CONC_GLU_CONTROL')) : glucose(test, result.referenceMethod);
  }
  if (isHba1c(test)) return analyte(test, mdc('MDC_CONC_HBA1C'));
  if (/^carb/i.test(test)) return analyte(test, term('carbohydrate'));
  if (/^insulin/i.test(test)) return analyte(test, term('insulin.entry'));
  return analyte(test === '' ? 'unnamed' : test);
}

function isEntry(test: string): boolean {
  return /^(carb|insulin)/i.test(test);
}

/** Markers that we know by their meaning, the others as letters of the meter; flags and status by ASTM E1394. */
function qualifiers(result: ContourResult, { specimen, patient }: ResultContext): Code[] {
  const as = (kind: string, value: string | null): Code[] => {
    const words = printable(value ?? '');
    return words === '' ? [] : [code(`urn:onebox:astm-${kind}`, words, { display: words })];
  };
  const notes = result.markers.flatMap((marker): Code[] => {
    if (marker === 'B') return [term('meal-marker.before-meal')];
    if (marker === 'A') return [term('meal-marker.after-meal')];
    return as('marker', marker);
  });
  return [
    ...notes,
    ...result.flags.flatMap((flag) => as('flag', flag)),
    ...as('status', result.status),
    ...as('specimen', specimen),
    ...as('patient', patient),
  ];
}

/** A comment of the instrument on the result before it. */
export function commentFinding(words: string, at: Time): Finding {
  return text(term('device.words'), printable(words, TEXT_LENGTH), { at, source: 'C', origin: 'stored' });
}
