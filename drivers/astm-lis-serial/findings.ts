import { absent, coded, code, type Details, identity, observation, range, statistic, text } from '@onebox/driver-sdk/findings.js';
import type { AstmSender } from '@onebox/driver-sdk/parts/astm-result.js';
import { mdc, term } from '@onebox/protocol/codes.js';
import type { Code, Finding, Time } from '@onebox/protocol/messages.js';
import { analyte, glucose, isGlucose, isHba1c, TEST_SYSTEM, ucumUnit } from './analytes.js';
import type { ContourHeader, ContourResult } from './contour.js';

/** From records to findings. */

export function meterIdentity(header: ContourHeader): Finding {
  return identity({
    deviceClass: 'glucose-meter',
    type: mdc('MDC_DEV_SPEC_PROFILE_GLUCOSE'),
    manufacturer: /^Bayer/.test(header.productCode ?? '') ? 'Bayer' : 'Ascensia',
    model: header.productCode ?? '',
    serial: header.serialNumber ?? '',
    firmware: [header.digitalVersion, header.analogVersion, header.agpVersion].filter((part) => part !== null).join(' / '),
    practice: isPractice(header.productCode),
  });
}

export function analyserIdentity(sender: AstmSender): Finding {
  return identity({
    deviceClass: 'generic',
    manufacturer: sender.manufacturer ?? '',
    model: sender.name ?? '',
    serial: sender.serial ?? '',
    firmware: sender.version ?? '',
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
      : [range(what, { low: { coefficient: low, exponent: 0 }, high: { coefficient: high, exponent: 0 }, unit: 'mg/dL' }, details)];
  const found = span(term('meter.range'), header.lowBoundMgDl, header.highBoundMgDl);
  if (header.totalResults !== null) {
    found.push(statistic(term('meter.results'), header.totalResults, '{count}', { at, source: 'H field 7', origin: 'stored' }));
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

/**
 * One result. A test with control solution is no value of the patient: it gets the code for control solution
 * and the validity "test". A value beyond the range of the meter is absent, high or low, without its number.
 * `order` is its place in the upload, for results without a usable time.
 */
export function resultFinding(result: ContourResult, time: Time, order: number): Finding {
  const test = result.test ?? '';
  const what = codeOf(result, test);
  const details: Details = {
    at: time,
    source: `R ${result.sequence ?? order}`,
    origin: isEntry(test) ? 'entered' : 'stored',
    validity: result.control ? 'test' : 'unqualified',
    qualifiers: qualifiers(result),
  };
  if (result.outOfRange !== null) {
    return absent(what, result.outOfRange === 'HI' ? 'positive-infinity' : 'negative-infinity', details);
  }
  if (result.value === null) return absent(what, 'unknown', details);
  const unit = ucumUnit(result.unit);
  if (result.number !== null && unit !== undefined) return observation(what, result.number, unit, details);
  // A unit or a value that we cannot name: the words of the instrument, never a number without its unit.
  return text(what, [result.value, result.unit].filter((part) => part !== null).join(' '), details);
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

/** Markers that we know by their meaning, the others as the letters of the meter; flags and status by ASTM E1394. */
function qualifiers(result: ContourResult): Code[] {
  const notes = result.markers.map((marker): Code => {
    if (marker === 'B') return term('meal-marker.before-meal');
    if (marker === 'A') return term('meal-marker.after-meal');
    return code(`${TEST_SYSTEM}:marker`, marker, { display: marker });
  });
  const flags = result.flags.map((flag) => code('urn:onebox:astm-e1394:flag', flag, { display: flag }));
  const status = result.status === null ? [] : [code('urn:onebox:astm-e1394:status', result.status, { display: result.status })];
  return [...notes, ...flags, ...status];
}

/** A comment of the instrument on the result before it. */
export function commentFinding(words: string, at: Time): Finding {
  return text(term('device.words'), words, { at, source: 'C', origin: 'stored' });
}

/** How the upload went, for a user who has to judge the line. */
export function uploadFindings(naks: number, frames: number, at: number): Finding[] {
  if (frames + naks === 0) return [];
  const details: Details = { at, source: 'line', origin: 'derived' };
  return [
    statistic(term('line.quality'), Math.floor((frames * 100) / (frames + naks)), '%', details),
    statistic(term('line.rejects'), naks, '{count}', details),
  ];
}
